"""The commands of ``flask stopper``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from stopper.catalogue.setting import Setting
from stopper.cli import rules
from stopper.cli import settings as listing
from stopper.cli.flask import group
from stopper.controls.headers.archive import Archive
from stopper.controls.headers.archive import FILE
from stopper.controls.headers.report import Report


@pytest.fixture
def app(tmp_path):
    (tmp_path / "templates").mkdir()
    app = Flask(
        "commands", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
    )
    app.cli.add_command(group, "stopper")
    return app


@pytest.fixture
def run(app):
    def run(*words):
        return app.test_cli_runner().invoke(args=["stopper", *words])

    return run


def test_the_group_is_there_for_any_app():
    code = "import stopper.cli.flask, sys; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert {m for m in loaded if m.startswith("stopper.")} == {
        "stopper.cli",
        "stopper.cli.db",
        "stopper.cli.flask",
        "stopper.cli.guests",
        "stopper.cli.keys",
        "stopper.cli.roles",
        "stopper.cli.rules",
        "stopper.cli.transport",
        "stopper.cli.users",
    }


def test_settings_shows_value_default_unit_and_source(run, app):
    app.config["STOPPER_REPORT_KEEP"] = 20
    found = run("settings", "--changed")

    assert found.exit_code == 0
    assert "STOPPER_REPORT_KEEP = 20 different reports" in found.output
    assert "Default: 1000 different reports" in found.output
    assert "Source:" in found.output
    assert "STOPPER_CSP_STRICT" not in found.output


def test_settings_lists_every_setting(run):
    output = run("settings").output

    assert "STOPPER_MODE = " in output
    assert "STOPPER_HEADERS_MODE = " in output
    assert "STOPPER_CSP = {}" in output


def test_settings_as_json(run, app):
    app.config["STOPPER_CSP_STRICT"] = True
    found = json.loads(run("settings", "--changed", "--json").output)

    assert [(s["key"], s["value"]) for s in found["settings"]] == [
        ("STOPPER_CSP_STRICT", True)
    ]


def test_a_wrong_setting_is_named_and_fails(run, app):
    app.config["STOPPER_CPS"] = 1
    found = run("settings")

    assert found.exit_code == 1
    assert "STOPPER_CPS is no setting" in found.output


def test_a_secret_setting_is_masked(monkeypatch):
    secret = Setting(
        key="STOPPER_KEY", default="", says="A key.", source="none", secret=True
    )
    monkeypatch.setattr(listing, "every_setting", lambda: [("x", secret)])
    (row,) = listing.rows({"STOPPER_KEY": "s3cret"})

    assert (row.value, row.changed) == (listing.MASK, True)


@pytest.mark.parametrize(
    ("store", "shown"),
    [
        ("redis://:s3cret@cache.example:6379/0", "redis://cache.example:6379/0"),
        ("postgresql://anna:s3cret@db.example/shop", "postgresql://db.example/shop"),
        ("redis://cache.example:6379/0", "redis://cache.example:6379/0"),
        ("sqlite:/var/lib/shop/x.sqlite", "sqlite:/var/lib/shop/x.sqlite"),
        ("memory:", "memory:"),
        ("redis://cache.example/0?password=s3cret", listing.MASK),
        ("redis://cache.example/0?password=s3@cret", listing.MASK),
        ("redis://:s3?cret@cache.example/0", listing.MASK),
        ("redis://:s3@cret@cache.example/0", listing.MASK),
        ("redis://:s3cret#@cache.example/0", listing.MASK),
    ],
)
def test_a_store_is_shown_without_its_password(run, app, store, shown):
    app.config["STOPPER_STORE"] = store
    output = run("settings", "--changed").output

    assert f"STOPPER_STORE = {json.dumps(shown)}" in output
    assert "cret" not in output.replace(listing.MASK, "")


def test_the_origin_is_shown_with_the_general_settings(run, app):
    app.config["STOPPER_ORIGIN"] = ["https://a.example", "https://b.example"]
    output = run("settings", "--changed").output

    assert output.startswith("[every control]\n")
    assert 'STOPPER_ORIGIN = ["https://a.example", "https://b.example"]' in output


def test_settings_says_who_set_it(run, app, monkeypatch):
    monkeypatch.setenv("FLASK_STOPPER_REPORT_KEEP", "30")
    monkeypatch.setenv("FLASK_STOPPER_ORIGIN", "https://a.example")
    monkeypatch.setenv("FLASK_STOPPER_MODE", "report")
    app.config.from_prefixed_env()
    app.config["STOPPER_MODE"] = "off"
    found = json.loads(run("settings", "--json").output)["settings"]
    by = {row["key"]: row["set_by"] for row in found}

    assert by["STOPPER_REPORT_KEEP"] == "FLASK_STOPPER_REPORT_KEEP"
    assert by["STOPPER_ORIGIN"] == "FLASK_STOPPER_ORIGIN"
    assert by["STOPPER_MODE"] == "app.config"
    assert by["STOPPER_STORE"] == "default"


PAGE = """<title>x</title>
<b onclick="go()">
<img src=https://cdn.example/x.png>
<script src=https://js.example/x.js></script>
<script src="{{ url }}"></script>
"""


def test_csp_says_which_line_needs_what(run, app):
    (Path(app.root_path) / "templates" / "page.html").write_text(PAGE)
    output = run("csp").output

    assert "page.html:2: event-handler onclick (keeps its pages in report)" in output
    assert 'page.html:5: script-src <script src="{{ url }}"> (gets no nonce)' in output
    assert (
        "page.html:4: script-src https://js.example <script src> "
        "(owner js.example, no integrity)" in output
    )
    assert "img-src https://cdn.example: page.html:3" in output
    assert (
        "STOPPER_CSP = {'img-src': [\"'self'\", 'data:', 'https://cdn.example']}"
        in output
    )


def test_csp_reads_templates_and_runs_nothing_of_them(run, app):
    text = "{{ 1 / 0 }}<b style='x'>{% include 'missing.html' %}"
    (Path(app.root_path) / "templates" / "page.html").write_text(text)

    assert "page.html:1: style-attribute" in run("csp").output


def test_csp_names_what_it_cannot_read(run, app):
    folder = Path(app.root_path) / "templates"
    (folder / "a.html").write_bytes(b"\xff\xfe\xff")
    (folder / "b.html").write_text("{% if %}{{")
    found = run("csp")

    assert found.exit_code == 0
    assert "a.html: UnicodeDecodeError" in found.output
    assert "b.html:1: unreadable" in found.output


def test_csp_with_nothing_to_say_proposes_nothing(run):
    output = run("csp").output

    assert "Nothing is proposed" in output
    assert "script-src 'nonce-{nonce}'" in output


def archive(app):
    return Archive(Path(app.instance_path) / FILE, 100)


def report(**fields):
    known = {
        "kind": "csp-violation",
        "directive": "img-src",
        "blocked": "https://a.example/x",
        "route": "/",
        "source": "",
        "line": 0,
        "enforced": True,
    }
    return Report(**{**known, **fields})


def test_nobody_else_on_the_machine_reads_the_reports(app):
    archive(app).put([report()], True, 1.0)
    file = Path(app.instance_path) / FILE
    modes = [p.stat().st_mode & 0o777 for p in (file.parent, file)]

    assert [oct(mode) for mode in modes] == ["0o700", "0o600"]


def test_csp_shows_reports_and_believes_those_of_users(run, app):
    archive(app).put([report()], True, 1.0)
    archive(app).put([report(blocked="https://evil.example/x")], False, 2.0)
    found = json.loads(run("csp", "--json").output)

    assert "https://a.example" in found["proposed"]
    assert "evil" not in found["proposed"]
    assert [r["report"]["blocked"] for r in found["reports"]] == [
        "https://a.example/x",
        "https://evil.example/x",
    ]


def test_what_a_report_holds_cannot_drive_the_terminal(run, app):
    # Written past the reader of reports, as someone with the file could.
    archive(app).put([report(blocked="https://a.example/\x1b[2J\u202e")], True, 1.0)

    assert not {"\x1b", "\u202e"} & set(run("csp").output)


def test_a_file_of_reports_that_is_none_is_named(run, app):
    path = Path(app.instance_path)
    path.mkdir()
    (path / FILE).write_text("this is no database at all, but a text of some length")
    found = run("csp")

    assert found.exit_code == 0
    assert f"{FILE}: DatabaseError" in found.output


def test_csp_says_what_frames_of_the_apps_own_need(run, app):
    text = "<iframe src='/report' title='Report'></iframe>"
    (Path(app.root_path) / "templates" / "page.html").write_text(text)
    output = run("csp").output

    assert "page.html:1: <iframe src> (@stopper.headers.frame" in output
    assert "STOPPER_CSP = {'frame-src': [\"'self'\"]}" in output


def test_csp_does_not_say_that_all_is_allowed_where_something_was_reported(run, app):
    archive(app).put([report(blocked="blob")], False, 1.0)
    output = run("csp").output

    assert "Nothing is proposed: no line of the app proves what was reported." in output


def test_csp_with_a_wrong_setting_says_so(run, app):
    app.config["STOPPER_CSP_STRICT"] = "yes"
    found = run("csp")

    assert found.exit_code == 2
    assert "it takes bool" in found.output


def test_both_groups_share_what_explains_the_catalogue():
    assert group.commands["rules"] is rules.rules
    assert group.commands["explain"] is rules.explain
