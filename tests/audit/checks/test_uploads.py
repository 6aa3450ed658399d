"""What becomes of files that strangers send."""

from __future__ import annotations

import pytest

from projects import found

VIEW = """\
import os, uuid
from pathlib import Path
from flask import current_app, request
from werkzeug.utils import secure_filename

def upload(folder):
    file = request.files["file"]
    {line}
"""


def rules(files, name):
    return {(file, line) for rule, file, line in found(files) if rule == name}


@pytest.mark.parametrize(
    "line",
    [
        'file.save(os.path.join("/srv", file.filename))',
        'file.save(f"/srv/{file.filename}")',
        'file.save("/srv/" + file.filename)',
        'file.save("/srv/%s" % file.filename)',
        'file.save("/srv/{}".format(file.filename))',
        'file.save(Path("/srv") / file.filename)',
        'file.save(Path("/srv").joinpath(file.filename))',
        "file.save(dst=file.filename)",
        'name = file.filename; path = "/srv/" + name; file.save(path)',
        'request.files["a"].save(request.files["a"].filename)',
        "for f in many(): f.save(os.path.join(folder, f.filename))",
    ],
)
def test_the_clients_name_is_found_on_its_way(line):
    files = {"app.py": VIEW.format(line=line)}

    assert rules(files, "client-file-name") == {("app.py", 8)}


@pytest.mark.parametrize(
    "line",
    [
        'file.save(os.path.join("/srv", secure_filename(file.filename)))',
        'file.save(os.path.join("/srv", uuid.uuid4().hex))',
        'file.save("/srv/" + uuid.uuid4().hex + os.path.splitext(file.filename)[1])',
        "name = secure_filename(file.filename); file.save(os.path.join(folder, name))",
        "file.filename = secure_filename(file.filename); file.save(folder + file.filename)",
        'file.save(folder + "/" + uuid.uuid4().hex + file.filename.rsplit(".", 1)[1])',
        "form.save(commit=False)",
        "model.save(path)",
        "model.save(file.filename)",
    ],
)
def test_a_name_of_ones_own_is_left_alone(line):
    files = {"app.py": VIEW.format(line=line)}

    assert rules(files, "client-file-name") == set()


HELPERS = """\
import os

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from PIL import Image


class Picture(FlaskForm):
    file = FileField()


class Shelf:
    def __init__(self, files):
        self.files = files

    def put(self):
        for file in self.files:
            file.save(self.place(file.filename))  # files

    def place(self, name):
        return "/".join(["/srv", name])


def keep(file):
    file.save(os.path.join("/srv", os.path.splitext(file.filename)[0]))  # form


def several():
    Shelf(request.files.getlist("files")).put()
    keep(Picture().file.data)


def small():
    picture = Image.open(request.files["file"])
    picture.save("/srv/small/" + request.files["file"].filename)  # picture
    picture.save("/srv/small/1.png")


def dated():
    file = request.files.getlist("file")[0]
    file.save(os.path.join("/srv", request.args["day"]))  # path
    db.files.save(request.args["day"])
"""


@pytest.mark.parametrize(
    ("rule", "words"),
    [("client-file-name", {"files", "form", "picture"}), ("path-traversal", {"path"})],
)
def test_what_is_saved_far_from_where_it_came_is_found(rule, words):
    lines = enumerate(HELPERS.split("\n"), 1)
    marked = {(n, line.rpartition("# ")[2]) for n, line in lines if "  # " in line}
    wanted = {("app.py", n) for n, word in marked if word in words}

    assert rules({"app.py": HELPERS}, rule) == wanted


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('file.save("static/" + name())', True),
        ("file.save(os.path.join(current_app.static_folder, name()))", True),
        ('file.save(os.path.join(current_app.config["UPLOADS"], name()))', True),
        ('file.save(os.path.join(current_app.config["ELSEWHERE"], name()))', False),
        ('file.save("/srv/statics/" + name())', False),
    ],
)
def test_a_served_folder_is_found(line, is_found):
    files = {
        "app.py": VIEW.format(line=line),
        "config.py": 'UPLOADS = "club/static/uploads"\nELSEWHERE = "/srv/uploads"\n',
    }

    assert bool(rules(files, "upload-in-static")) == is_found


APP = "from flask import Flask, request\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": APP},
        {
            "app.py": f'{APP}request.files["a"]\n',
            "config.py": "MAX_CONTENT_LENGTH = 9\n",
        },
        {
            "app.py": f'{APP}request.files["a"]\n',
            "nginx.conf": "client_max_body_size 1m;\n",
        },
    ],
)
def test_an_app_without_files_or_with_a_limit_is_left_alone(files):
    assert rules(files, "unbounded-upload") == set()


def test_an_app_that_takes_files_of_any_size_is_found_once():
    files = {
        "app.py": f'{APP}request.files.get("a")\n',
        "more.py": 'from flask import request\nrequest.files["b"]\n',
    }

    assert rules(files, "unbounded-upload") == {("app.py", 2)}


@pytest.mark.parametrize(
    ("test", "is_found"),
    [
        ('".png" in file.filename', True),
        ('file.filename.split(".")[1] in KINDS', True),
        ('file.filename.split(".")[1].lower() in KINDS', True),
        ('file.filename.rsplit(".", 1)[1] in KINDS', False),
        ('"." in file.filename', False),
        ('".png" in names', False),
        ('file.filename.endswith(".png")', False),
    ],
)
def test_an_extension_anywhere_is_found(test, is_found):
    files = {"app.py": VIEW.format(line=f"return {test}")}

    assert bool(rules(files, "loose-extension-check")) == is_found
