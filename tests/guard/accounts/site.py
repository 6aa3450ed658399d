"""An app with accounts, a clock that is set by hand, and what its users do there."""

from __future__ import annotations

import re
import typing as t
from email.message import EmailMessage

from flask import Flask
from sqlalchemy import event
from sqlalchemy import select

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.accounts import current_user
from stopper.testing import Client
from stopper.testing import client

ORIGIN = "https://notes.example"
ANN = "ann@notes.example"
PASSWORD = "seven lamps on the quay"
OTHER = "a kettle full of stars"

#: An address of the documentation nets for each visitor.
HERE, THERE = "203.0.113.7", "198.51.100.9"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Site:
    """One app, its clock, its mail, and the statements that it sends."""

    def __init__(self, app: Flask, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self.mails: list[EmailMessage] = []
        self.statements: list[str] = []
        self.service = app.extensions["stopper.accounts"]

    def browser(self, address: str = HERE, **options: t.Any) -> Client:
        found = client(self.app, **options)
        found.environ_base["REMOTE_ADDR"] = address
        found.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
        return found

    def program(self, address: str = HERE) -> Client:
        """Return what asks in JSON and is no browser."""
        found = client(self.app, browser=False)
        found.environ_base["REMOTE_ADDR"] = address
        return found

    def watch(self) -> None:
        """Collect statements and mails from here on."""
        engine = self.service.database.engine

        def note(conn, cursor, statement, parameters, context, many):
            if not statement.upper().startswith(("BEGIN", "COMMIT", "PRAGMA")):
                self.statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)

    def link(self, at: int = -1) -> str:
        """Return the path of a link that was mailed, the last one unless said."""
        texts = [m.get_content() for m in self.mails]
        found = [re.search(rf"{ORIGIN}(/\S+/[\w-]{{43}})\s", text) for text in texts]
        return [one[1] for one in found if one is not None][at]

    def token(self, at: int = -1) -> str:
        return self.link(at).rpartition("/")[2]

    def person(self, address: str = ANN) -> t.Any:
        with self.service.database.reading() as sql:
            return self.service.people.by_address(sql, address)

    def rows(self, name: str) -> list[t.Any]:
        table = getattr(self.service.tables, name)

        with self.service.database.reading() as sql:
            return list(sql.scalars(select(table)))

    def add(self, address: str = ANN, password: str = PASSWORD, verified: bool = True):
        """Make an account, as it is after its address was verified."""
        hash = self.service.passwords.hash(password)

        with self.service.database.writing() as sql:
            made = self.service.people.add(sql, address, hash, "", self.clock.now)

            if verified:
                self.service.people.set_verified(sql, made.id, self.clock.now)

        return self.person(address)


def made(instance: str, clock: Clock, **config: t.Any) -> Flask:
    """Return an app with accounts."""
    app = Flask("club", instance_path=instance)
    app.testing = True
    app.secret_key = "for these tests alone, and long enough"
    # The floor of OWASP: the tests are about what is done with a hash.
    app.config.update(STOPPER_ORIGIN=ORIGIN, STOPPER_STORE="memory:", **config)
    stopper = Stopper(app, clock=clock)
    Accounts(app)

    @app.get("/")
    @stopper.public
    def index() -> str:
        return f"hello {current_user.id if current_user else 'stranger'}"

    @app.get("/notes")
    @stopper.public
    def notes() -> str:
        return "notes"

    if "stopper_accounts.second" not in app.view_functions:
        rule, endpoint = "/account/second", "stopper_accounts.second"
        view = stopper.public(lambda: "second")
        app.add_url_rule(rule, endpoint=endpoint, view_func=view)

    return app


def log_in(browser: Client, address: str = ANN, password: str = PASSWORD, **more):
    return browser.post(
        "/account/login", data={"address": address, "password": password, **more}
    )


def who(browser: Client) -> str:
    return browser.get("/").text.removeprefix("hello ")
