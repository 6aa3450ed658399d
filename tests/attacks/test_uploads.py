"""A file's name leaves its folder, and a page is uploaded: bare, and in the audit."""

from __future__ import annotations

import io
import os

from flask import Flask
from flask import request

from projects import found

SOURCE = """\
import os
from flask import Flask, request
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 1024

@app.post("/upload")
def upload():
    file = request.files["file"]
    file.save(os.path.join({folder}, {name}))
    return "Thank you."
"""


def bare(folder, static):
    app = Flask(__name__, static_folder=str(static))

    @app.post("/upload")
    def upload():
        file = request.files["file"]
        file.save(os.path.join(folder, file.filename))
        return "Thank you."

    return app.test_client()


def sent(client, name, content):
    client.post("/upload", data={"file": (io.BytesIO(content), name)})


def test_a_name_leaves_its_folder(tmp_path):
    folder = tmp_path / "uploads"
    folder.mkdir()
    sent(bare(folder, tmp_path), "../app.py", b"mine")

    assert (tmp_path / "app.py").read_bytes() == b"mine"
    source = SOURCE.format(folder='"/srv"', name="file.filename")
    assert found({"app.py": source}) == {("client-file-name", "app.py", 9)}


def test_an_uploaded_page_is_served_as_one(tmp_path):
    client = bare(tmp_path, tmp_path)
    sent(client, "me.html", b"<script>steal()</script>")

    with client.get(f"/{tmp_path.name}/me.html") as answer:
        assert answer.mimetype == "text/html"
        assert answer.data == b"<script>steal()</script>"

    source = SOURCE.format(folder="app.static_folder", name="unique()")
    assert found({"app.py": source}) == {("upload-in-static", "app.py", 9)}
