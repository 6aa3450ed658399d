"""A finding is told from where its value comes in to where it ends."""

import json
import re

import pytest
from click.testing import CliRunner

from stopper.cli import main

APP = {
    "shop.py": """
from flask import Flask, request
from papers import read

app = Flask(__name__)

@app.get("/paper")
def paper():
    wanted = request.args["name"]
    return read(wanted)
""",
    "papers.py": """
def read(name):
    path = "papers/" + name
    return open(path).read()
""",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name, text in APP.items():
        (tmp_path / name).write_text(text)

    monkeypatch.chdir(tmp_path)
    return tmp_path


def explain(*arguments):
    return CliRunner().invoke(main, ["explain", *arguments])


def test_a_finding_is_told_step_by_step(folder):
    said = explain("papers.py:4").output
    places = re.findall(r"^- (\S+:\d+):", said, re.M)
    assert places == [
        "shop.py:9",
        "shop.py:9",
        "shop.py:10",
        "papers.py:3",
        "papers.py:4",
    ]
    assert "`wanted` is made of it." in said
    assert "`read` is called with it, as `name`." in said
    assert "**Mend:**" in said


def test_a_finding_is_named_by_its_fingerprint_too(folder):
    report = CliRunner().invoke(main, ["audit", "--format", "json"]).output
    (found,) = [f for f in json.loads(report)["findings"] if f["path"] == "papers.py"]
    assert explain(found["fingerprint"][:10]).output == explain("papers.py:4").output


def test_the_paths_after_the_name_are_audited(folder, monkeypatch):
    monkeypatch.chdir("/")
    assert "path-traversal" in explain("papers.py:4", str(folder)).output


def test_a_place_without_a_finding_ends_with_two(folder):
    result = explain("papers.py:2")
    assert result.exit_code == 2
    assert "There is no finding at papers.py:2." in result.stderr


def test_it_is_told_who_can_send_it(folder):
    assert "Anyone can send it" in explain("papers.py:4").output


def test_what_leads_on_from_its_place_ends_elsewhere(folder):
    (folder / "papers.py").write_text(
        "import random\n\ndef drawn():\n    return random.random()\n\n"
        "def reset(user):\n    user.reset_token = drawn()\n"
    )
    said = explain("papers.py:4").output

    assert re.findall(r"^- (\S+:\d+):", said, re.M)[-1] == "papers.py:7"
    assert "there it ends" not in said
