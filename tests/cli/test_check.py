"""``flask stopper check`` says whether the app would start."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest
from flask import Flask
from flask.sessions import SessionInterface

from servers import free_port
from stopper import Stopper
from stopper.cli.flask import group

KEY = "a key for the tests of this command"

#: An app that refuses to be made.
WRONG = """
from flask import Flask

from stopper import Stopper

app = Flask(__name__)
app.config["STOPPER_ORIGN"] = "https://shop.example"
Stopper(app)
"""


@pytest.fixture
def app(tmp_path):
    app = Flask("checked", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY=KEY, STOPPER_ORIGIN="https://shop.example")
    app.cli.add_command(group, "stopper")
    return app


def check(app, *words):
    return app.test_cli_runner().invoke(args=["stopper", "check", *words])


def test_an_app_that_starts_is_told_its_modes(app):
    app.config.update(STOPPER_CSRF_MODE="report", STOPPER_CORS_MODE="off")
    app.config["STOPPER_REPORT_UNTIL"] = "9999-12-31"
    Stopper(app)
    done = check(app, "--json")
    told = json.loads(done.stdout)

    assert done.exit_code == 0
    assert told["errors"] == []
    assert told["controls"]["csrf"] == "report"
    assert told["controls"]["sessions"] == "enforce"
    assert "cors" not in told["controls"]


class Elsewhere(SessionInterface):
    def open_session(self, app, request):
        return None

    def save_session(self, app, session, response): ...


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_where_a_guard_stands_back_is_said(app, words):
    app.session_interface = Elsewhere()
    Stopper(app)
    done = check(app, *words)

    assert done.exit_code == 0
    assert "Elsewhere keeps the sessions, so Stopper does not." in done.stdout


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("STOPPER_ORIGIN", ""),
        ("SECRET_KEY", None),
        ("SECRET_KEY", "dev"),
        ("SECRET_KEY_FALLBACKS", KEY),
        ("SESSION_COOKIE_DOMAIN", "shop.example"),
        ("STOPPER_STORE", "sqlite:/dev/null/store.sqlite"),
        ("STOPPER_CSRF_MODE", "report"),
    ],
)
def test_an_app_that_does_not_start_is_told_the_setting(app, key, value):
    app.config[key] = value
    Stopper(app)
    done = check(app)

    assert done.exit_code == 2
    assert key in done.stderr
    assert KEY not in done.output


def test_a_store_that_is_away_is_a_start_with_an_error(app):
    app.config["STOPPER_STORE"] = f"redis://127.0.0.1:{free_port()}/0"
    Stopper(app)
    done = check(app)

    assert done.exit_code == 1
    assert "STOPPER_STORE" in done.stderr


def test_what_is_broken_is_said_once(app, monkeypatch):
    # pytest listens to the log; where nobody does, Python prints what is a warning.
    monkeypatch.setattr(logging.root, "handlers", [])
    app.config["STOPPER_STORE"] = f"redis://127.0.0.1:{free_port()}/0"
    Stopper(app)

    assert check(app).stderr.count("cannot be reached") == 1


@pytest.mark.parametrize("command", ["check", "settings", "routes", "report"])
def test_an_app_that_cannot_be_made_is_a_sentence_and_no_traceback(
    tmp_path, monkeypatch, command
):
    (tmp_path / "wrong.py").write_text(WRONG)
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wrong", "stopper", command],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stderr == (
        "stopper: STOPPER_ORIGN is no setting of Stopper. Is STOPPER_ORIGIN meant?\n"
    )
    assert done.returncode == 2


def test_an_app_without_a_stopper_is_told_so(app):
    done = check(app)

    assert done.exit_code == 2
    assert "no Stopper" in done.stderr
