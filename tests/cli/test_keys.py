"""``flask stopper keys``: what it prints, and what it does."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from flask import Flask

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.cli.flask import group
from stopper.controls.apikeys.policy import parsed
from stopper.guard.accounts.service import NAME
from stopper.testing import client


@pytest.fixture
def app(tmp_path):
    """An app with users of its own."""
    return made(tmp_path, pages=False)


@pytest.fixture
def ours(tmp_path):
    """An app whose users log in to our accounts."""
    return made(tmp_path, pages=True)


def made(tmp_path, pages):
    app = Flask("keys", instance_path=str(tmp_path / "instance"))
    app.testing = True
    app.config.update(
        SECRET_KEY="a key for these tests alone",
        STOPPER_APIKEY_SCOPES={"notes:read": "Read notes"},
    )
    stopper = Stopper(app)
    app.get("/api")(stopper.apikey("notes:read")(lambda: stopper.key().user))
    Accounts(app, pages=pages, mail=bool)
    app.cli.add_command(group, "stopper")
    return app


@pytest.fixture
def run(app):
    return runner(app)


def runner(app):
    return lambda *words: app.test_cli_runner().invoke(args=["stopper", "keys", *words])


def use(app, key):
    bearer = {"Authorization": f"Bearer {key}"}
    return client(app, browser=False).get("/api", headers=bearer)


def test_a_key_is_printed_alone_and_works(app, run):
    found = run("new", "17", "--scope", "notes:read", "--label", "backup")

    assert found.exit_code == 0
    assert parsed(found.stdout.strip()) is not None
    assert "backup" in found.stderr
    assert found.stdout.strip() not in found.stderr
    assert use(app, found.stdout.strip()).text == "17"


def test_a_user_is_found_by_their_address(ours):
    service, run = ours.extensions[NAME], runner(ours)

    with ours.app_context(), service.database.writing() as sql:
        ann = service.people.add(sql, "ann@example.org", None, "", 1.0)

    made = json.loads(run("new", "ANN@example.org", "--json").stdout)

    assert made["user"] == ann.id
    assert "Nobody has the address" in run("new", "bob@example.org").output
    assert ann.id in run("list", "--user", ann.id).output
    assert ann.id in run("list", "--user", "ann@example.org").output


def test_nobody_of_ours_gets_no_key(ours):
    found = runner(ours)("new", "17")

    assert found.exit_code == 2
    assert "Nobody has the id '17'" in found.stderr


APP = """
from flask import Flask
from stopper import Stopper
from stopper.accounts import Accounts

app = Flask(__name__)
app.config.update(SECRET_KEY=32 * "k", STOPPER_ORIGIN="https://a.example")
Stopper(app)
Accounts(app, pages=False)
app.get("/forgotten")(lambda: "")
"""


def test_what_guards_say_at_the_start_is_not_said_by_every_command(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    words = [sys.executable, "-m", "flask", "stopper", "keys", "list"]
    found = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)

    assert found.stdout.startswith("There are no keys")
    assert found.stderr == ""


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--scope", "admin", "no scope that may be given, as is notes:read"),
        ("--days", "91", "1 to 90 days"),
        ("--network", "here", "network"),
        ("--rate", "often", "rate"),
    ],
)
def test_a_wish_that_is_wrong_is_said(run, option, value, says):
    found = run("new", "17", option, value)

    assert found.exit_code == 2
    assert says in found.stderr


def test_the_list_says_what_there_is(run):
    assert "There are no keys" in run("list").output

    id = parsed(run("new", "17", "--label", "backup").stdout.strip()).id
    run("new", "18")

    assert f"{id}  17  live until" in run("list").output
    assert run("list", "--user", "17").output.count("\n") == 1
    assert [one["label"] for one in json.loads(run("list", "--json").output)] == [
        "",
        "backup",
    ]


def test_a_key_is_replaced(app, run):
    old = run("new", "17", "--scope", "notes:read").stdout.strip()
    new = run("rotate", parsed(old).id, "--hours", "0").stdout.strip()

    assert use(app, old).status_code == 401
    assert use(app, new).text == "17"
    assert run("rotate", parsed(old).id).exit_code == 2
    assert "expired" in run("list").output


def test_a_key_is_revoked(app, run):
    key = run("new", "17", "--scope", "notes:read").stdout.strip()

    assert run("revoke", parsed(key).id).output == f"{parsed(key).id} is revoked.\n"
    assert use(app, key).status_code == 401
    assert run("revoke", parsed(key).id).exit_code == 2
    assert "revoked 2" in run("list").output


def test_an_app_without_accounts_is_told_so(tmp_path):
    app = Flask("none", instance_path=str(tmp_path))
    app.secret_key = "a key for these tests alone"
    Stopper(app)
    app.cli.add_command(group, "stopper")
    found = app.test_cli_runner().invoke(args=["stopper", "keys", "list"])

    assert found.exit_code == 2
    assert "Accounts(app)" in found.stderr
