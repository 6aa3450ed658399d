"""Paths and archives: the attack works, and the audit sees the hole."""

from __future__ import annotations

import io
import sys
import tarfile

import pytest

from bare import client
from bare import rules

REPORT = """
import os
from flask import Flask, request, send_file
app = Flask(__name__)

@app.get("/report")
def report():
    return send_file(os.path.join(FOLDER, request.args["name"]))
"""

HELD = """
from flask import Flask, request, send_from_directory
app = Flask(__name__)

@app.get("/report")
def report():
    return send_from_directory(FOLDER, request.args["name"])
"""

UNPACK = """
import tarfile

def unpack(file, folder):
    with tarfile.open(fileobj=file) as archive:
        map(check, archive.getmembers())
        archive.extractall(folder)
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "secret.txt").write_text("the key")
    inner = tmp_path / "reports"
    inner.mkdir()
    return inner


@pytest.mark.parametrize("name", ["../secret.txt", "{parent}/secret.txt"])
def test_a_joined_name_reads_outside_of_its_folder(folder, name):
    query = {"name": name.format(parent=folder.parent)}
    with client(REPORT, FOLDER=str(folder)).get(
        "/report", query_string=query
    ) as answer:
        assert answer.get_data(as_text=True) == "the key"

    assert "path-traversal" in rules(REPORT)


def test_send_from_directory_refuses_and_is_silent(folder):
    query = {"name": "../secret.txt"}
    with client(HELD, FOLDER=str(folder)).get("/report", query_string=query) as answer:
        assert answer.status_code == 404

    assert "path-traversal" not in rules(HELD)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="filter='data' by default")
# Python 3.12 and 3.13 warn of it in different words.
@pytest.mark.filterwarnings(
    "ignore:.*(extraction filter|Python 3.14):DeprecationWarning"
)
def test_a_check_in_a_lazy_map_lets_a_member_climb_out(folder):
    packed = io.BytesIO()

    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../planted.py"), io.BytesIO(b""))

    packed.seek(0)

    def check(member):
        raise AssertionError("a lazy map calls nothing")

    names = {"check": check}
    exec(UNPACK, names)
    names["unpack"](packed, folder)
    assert (folder.parent / "planted.py").exists()
    assert "unchecked-archive" in rules(UNPACK)
