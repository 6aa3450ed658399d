"""The JSON is what its own page says."""

from __future__ import annotations

import json

import pytest

from stopper.audit.options import Options
from stopper.audit.report import json as report_json
from stopper.audit.session import run

LOAD = "import yaml\nü = '\x1b\u202e'; yaml.unsafe_load(ü + x)\n"


@pytest.fixture
def made(tmp_path):
    (tmp_path / "app.py").write_text(LOAD, "utf-8")
    (tmp_path / "old.py").write_text("print 'x'\n", "utf-8")
    text = "\n".join(report_json.render(run([tmp_path], Options())))
    assert text.isascii()
    assert "\x1b" not in text
    return json.loads(text)


def keys(value):
    """Return every key of a document, those of dictionaries by rule left out."""
    if isinstance(value, list):
        return {k for v in value for k in keys(v)}

    if isinstance(value, dict):
        return set(value) | {k for v in value.values() for k in keys(v)}

    return set()


def test_every_key_is_on_the_page(made):
    page = report_json.__doc__
    counted = {"skipped", "not_obeyed"}
    summary = {k: v for k, v in made["summary"].items() if k not in counted}

    assert {
        k for k in keys({**made, "summary": summary}) if f'"{k}"' not in page
    } == set()


def test_the_version_is_told(made):
    assert made["version"] == report_json.VERSION
    assert made["tool"]["name"] == "stopper"


def test_a_finding_is_whole(made):
    [found] = made["findings"]

    assert (found["rule"], found["control"]) == ("unsafe-yaml-load", "serialization")
    assert (found["path"], found["line"], found["end_line"]) == ("app.py", 2, 2)
    assert found["subject"] == "yaml.unsafe_load"
    assert found["level"] == "medium"
    assert found["allowed"] is None


def test_a_note_is_whole(made):
    [note] = made["notes"]
    assert (note["name"], note["path"], note["line"]) == ("python-2", "old.py", 1)


def test_of_a_very_long_line_only_what_is_around_the_place_is_told(tmp_path):
    text = "import yaml\nx = [" + "0, " * 50_000 + "yaml.unsafe_load(y)]\n"
    (tmp_path / "app.py").write_text(text, "utf-8")
    [found] = report_json.document(run([tmp_path], Options()))["findings"]

    assert "yaml.unsafe_load(y)" in found["code"]
    assert len(found["code"]) <= 400
