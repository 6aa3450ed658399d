"""An app whose routes take keys, with a clock that is set by hand, on both databases."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import request
from flask import session
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy.orm import Session

from guard.tables.conftest import database_url
from guard.tables.conftest import engine
from stopper import current_key
from stopper import Stopper
from stopper.accounts import Accounts
from stopper.guard.accounts import login
from stopper.guard.apikeys.wishes import Wish
from stopper.guard.tables import ready
from stopper.guard.tables import schema
from stopper.testing import client
from stopper.testing import events

__all__ = ("database_url", "engine")

START = 1_800_000_000.0

#: The ids of those who have an account.
USERS = ("ann", "bob", "eve")
ORIGIN = "https://notes.example"
SCOPES = {"notes:read": "Read your notes", "notes:write": "Change your notes"}


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def made(tmp_path, clock, engine, pages, **config):
    """An app, its Stopper and its views."""
    app = Flask("club", instance_path=str(tmp_path / "instance"))
    app.testing = True
    app.secret_key = "a key for these tests alone"
    app.config.update(
        STOPPER_ORIGIN=ORIGIN,
        STOPPER_APIKEY_SCOPES=SCOPES,
        **config,
    )
    stopper = Stopper(app, clock=clock)

    @app.route("/api/notes", methods=["GET", "POST"])
    @stopper.apikey("notes:read")
    def notes():
        return {
            "id": current_key.id,
            "user": current_key.user,
            "scopes": sorted(current_key.scopes),
            "identity": stopper.identity(),
            "session": dict(session),
            "cookies": dict(request.cookies),
        }

    @app.post("/api/write")
    @stopper.apikey("notes:write")
    @stopper.apikey("notes:read")
    def write():
        session["seen"] = "never kept"
        return {"user": stopper.key().user}

    @app.get("/open")
    @stopper.public
    def everybody():
        return {"key": stopper.key(), "user": session.get("_user_id")}

    @app.post("/in/<user>")
    @stopper.public
    def log_in(user):
        login.begin(user, clock.now, ["password"])
        return "in"

    @app.get("/flask/in/<user>")
    @stopper.public
    def in_flask(user):
        session["user_id"] = user
        return "in"

    Accounts(app, engine=engine, pages=pages, mail=bool)
    app.stopper = stopper
    return app


@pytest.fixture
def make_app(tmp_path, clock, engine):
    schema.upgrade(engine)
    apps = []

    users = ready.Tables().user

    with Session(engine) as sql:
        for name in USERS:
            address = f"{name}@notes.example"
            facts = {"address": address, "address_key": address, "created_at": START}
            sql.add(users(id=name, **facts))

        sql.commit()

    def make(pages=True, **config):
        apps.append(made(tmp_path, clock, engine, pages, **config))
        return apps[-1]

    yield make

    for app in apps:
        service = app.extensions["stopper.accounts"]

        if "apikeys" in vars(service):
            service.apikeys.checks.uses.wait()
            service.database.engine.dispose()


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def keys(app):
    return keys_of(app)


def keys_of(app):
    return app.extensions["stopper.accounts"].apikeys


@pytest.fixture
def key(keys):
    """A key of ann's that may read notes, as its text."""
    return keys.make("ann", Wish("a job", ("notes:read",))).key


@pytest.fixture
def program(app):
    return program_of(app)


def program_of(app):
    """A program: it sends a key, and no header that only a browser sends."""
    found = client(app, browser=False)

    def ask(key=None, path="/api/notes", method="GET", **more):
        headers = dict(more.pop("headers", {}))

        if key is not None:
            headers.setdefault("Authorization", f"Bearer {key}")

        return found.open(path, method=method, headers=headers, **more)

    return ask


@pytest.fixture
def happened(app):
    with events(app) as found:
        yield found


@pytest.fixture
def statements():
    """The statements that the database of accounts is asked, but for BEGIN and the end."""
    found = []

    def note(connection, cursor, text, values, context, many):
        if not text.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            found.append(text)

    # On SQLite the accounts have an engine of their own beside the app's.
    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def happened_in():
    return events
