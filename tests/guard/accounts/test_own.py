"""Accounts in an app's own database, in its own tables, and of its own users.

The examples on the page of accounts are what runs here.
"""

from __future__ import annotations

import re
from pathlib import Path

import flask_sqlalchemy
import flask_sqlalchemy_lite
import pyotp
import pytest
from flask import Flask
from sqlalchemy import inspect

import stopper
from stopper.accounts import Accounts
from stopper.accounts import People
from stopper.cli.flask import group
from stopper.testing import client
from stopper.testing import mails

from .site import ANN
from .site import ORIGIN
from .site import OTHER
from .site import PASSWORD

PAGE = Path(stopper.__file__).parent / "controls" / "accounts" / "page.md"
JSON = {"Accept": "application/json"}


def example(first):
    """Return the example on the page that begins with this comment."""
    found = re.search(
        rf"```python\n(# {re.escape(first)}\n.*?)```", PAGE.read_text(), re.S
    )
    return found[1]


@pytest.fixture
def bare(database_url, tmp_path, clock):
    """An app with a database of its own, and no accounts yet."""
    app = Flask("club", instance_path=str(tmp_path / "instance"))
    app.testing = True
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    app.config.update(
        SECRET_KEY="for these tests alone, and long enough",
        STOPPER_ORIGIN=ORIGIN,
        STOPPER_STORE="memory:",
        STOPPER_APIKEY_SCOPES={"notes:read": "Read"},
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINES={"default": url},
    )
    ours = stopper.Stopper(app, clock=clock)
    app.get("/api")(ours.apikey("notes:read")(lambda: ours.key().user))
    yield app

    service = app.extensions["stopper.accounts"]

    # An engine may be the app's, which is reached in its context alone.
    with app.app_context():
        service.apikeys.checks.uses.wait()
        service.engine.dispose()


def with_tables(app):
    """Models of the app's own for every table."""
    db = flask_sqlalchemy.SQLAlchemy(app)
    names = {"app": app, "db": db}
    exec(example("the tables of accounts are models of the app"), names)
    return db, names


def with_users(app):
    """A table of users that was there before."""
    db = flask_sqlalchemy.SQLAlchemy(app)
    names = {"app": app, "db": db}
    exec(example("the users are the app's own"), names)
    return db, names


def with_lite(app):
    """The engine of Flask-SQLAlchemy-Lite."""
    db = flask_sqlalchemy_lite.SQLAlchemy(app)
    Accounts(app, engine=lambda: db.engine)
    return db, {}


@pytest.fixture(params=[with_tables, with_lite, with_users], ids=lambda f: f.__name__)
def app(bare, request):
    db, names = request.param(bare)

    if names:
        with bare.app_context():
            db.create_all()

    # What is asked once in a request is kept in its context: each has its own.
    yield bare

    with bare.app_context():
        db.engine.dispose()


def send(browser, path, **fields):
    return browser.post(f"/account{path}", json=fields, headers=JSON)


def token(sent):
    return re.search(r"/([\w-]{43})\s", sent[-1].get_content())[1]


def log_in(browser, password=PASSWORD):
    return send(browser, "/login", address=ANN, password=password)


def test_a_user_comes_stays_and_goes(app, clock):
    browser, service = client(app), app.extensions["stopper.accounts"]

    with mails(app) as sent:
        facts = {"address": "Ann@notes.example", "password": PASSWORD, "name": "Ann"}
        assert send(browser, "/register", **facts).status_code == 200
        assert send(client(app), "/register", **facts).status_code == 200
        assert log_in(browser).status_code == 403
        verify = {"token": token(sent), "password": PASSWORD}
        assert send(client(app), "/verify/link", **verify).status_code == 200
        id = log_in(browser).json["user"]

        made = send(browser, "/keys", label="backup", scopes="notes:read")
        bearer = {"Authorization": f"Bearer {made.json['key']}"}
        program = client(app, browser=False)
        assert program.get("/api", headers=bearer).text == id

        totp = pyotp.TOTP(send(browser, "/factors/totp").json["secret"])
        code = totp.at(int(clock.now))
        assert send(browser, "/factors/totp/confirm", code=code).status_code == 200
        clock.now += 60

        send(browser, "/reset", address=ANN)
        reset = {"token": token(sent), "password": OTHER}
        assert send(browser, "/reset/link", **reset).json["keys"] == ["backup"]
        assert browser.get("/account/", headers=JSON).status_code == 401
        assert log_in(browser).status_code == 403
        assert log_in(browser, OTHER).json["next"] == "second-factor"
        code = totp.at(int(clock.now))
        assert send(browser, "/second", code=code).status_code == 200
        assert browser.get("/account/", headers=JSON).json["name"] == "Ann"

        changed = send(browser, "/address", address="new@notes.example", password=OTHER)
        assert changed.status_code == 200, changed.text
        done = send(browser, "/address/new/link", token=token(sent))
        assert done.status_code == 200, done.text
        assert (
            browser.get("/account/", headers=JSON).json["address"]
            == "new@notes.example"
        )

        off = app.test_cli_runner().invoke(
            group, ["users", "deactivate", "new@notes.example", "--yes"]
        )
        assert off.exit_code == 0, off.output
        assert browser.get("/account/", headers=JSON).status_code == 401
        assert program.get("/api", headers=bearer).status_code == 401

        app.test_cli_runner().invoke(group, ["users", "activate", "new@notes.example"])
        browser = client(app)
        again = {"address": "new@notes.example", "password": OTHER}
        assert send(browser, "/login", **again).json["next"] == "second-factor"
        clock.now += 60
        assert send(browser, "/second", code=totp.at(int(clock.now))).status_code == 200
        assert send(browser, "/close", password=OTHER).status_code == 200

    with service.database.reading() as sql:
        assert service.people.by_id(sql, id) is None


def test_the_app_s_own_tables_are_all_there_is(bare):
    db, names = with_tables(bare)

    with bare.app_context():
        db.create_all()
        assert bare.extensions["stopper.accounts"].database
        found = set(inspect(db.engine).get_table_names())
        assert {name for name in found if name.startswith("stopper_")} == set()
        assert names["User"].__table__.c.shirt is not None
        db.engine.dispose()


def test_the_app_reads_its_users_as_before(bare):
    db, names = with_users(bare)
    service = bare.extensions["stopper.accounts"]
    member = names["Member"]

    with bare.app_context():
        db.create_all()
        db.session.add(member(email=ANN, username="ann"))
        db.session.commit()

        with service.database.writing() as sql:
            found = service.people.by_address(sql, "ANN@notes.example")
            assert service.people.set_password(sql, found.id, None, "hash", 1.0)
            assert not service.people.set_password(sql, found.id, None, "other", 1.0)
            assert service.people.by_id(sql, "no number") is None

        db.session.expire_all()
        assert db.session.get(member, int(found.id)).password_hash == "hash"
        listed = bare.test_cli_runner().invoke(group, ["users", "list"])
        assert "a table of the app's own" in listed.stderr
        db.session.remove()
        db.engine.dispose()


def test_the_example_has_every_method_of_the_protocol(bare):
    db, names = with_users(bare)
    needed = {name for name in vars(People) if not name.startswith("_")}

    assert needed - {*vars(names["Members"])} == set()

    with bare.app_context():
        db.engine.dispose()
