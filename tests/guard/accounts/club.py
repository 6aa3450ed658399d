"""An app with accounts whose users log in by naming themselves, and their browsers."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask import request
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy import select

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.accounts import current_user
from stopper.catalogue.event import Action
from stopper.guard.accounts import login
from stopper.guard.tables.schema import upgrade
from stopper.testing import Client
from stopper.testing import client

ORIGIN = "https://club.example"
DEVICE, REMEMBER, MFA, SESSION = (
    f"__Host-{name}"
    for name in ("stopper-device", "stopper-remember", "stopper-mfa", "session")
)
DAY = 24 * 3600.0

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Club:
    """One app, its clock, and its users: ``ann`` and ``bob``."""

    def __init__(
        self, folder: str, clock: Clock, testing: bool = True, **config: t.Any
    ) -> None:
        self.clock = clock
        self.app = Flask("club", instance_path=folder)
        self.app.testing = testing
        self.app.secret_key = "for these tests alone, and long enough"
        self.app.config["STOPPER_ORIGIN"] = ORIGIN
        self.app.config["STOPPER_STORE"] = "memory:"
        self.app.config["STOPPER_AUTHORIZATION_MODE"] = "off"
        self.app.config.update(config)
        Stopper(self.app, clock=clock)
        # Nothing of it on the terminal; a test collects what it is about.
        quiet = None if "STOPPER_MAIL_URL" in config else bool
        Accounts(self.app, mail=quiet)
        self.service = self.app.extensions["stopper.accounts"]
        self._views()

        if not testing:
            upgrade(self.service.engine)

    def __enter__(self) -> Club:
        return self

    def __exit__(self, *error: object) -> None:
        self.service.engine.dispose()

    def _views(self) -> None:
        app, ours = self.app, self.service

        @app.post("/in/<user>")
        def come(user: str) -> str:
            login.begin(user, ours.now, ("password",))
            ours.devices.entered(request, user)

            if request.args.get("remember"):
                ours.devices.remember(user, "login")

            if request.args.get("mfa"):
                ours.devices.remember(user, "mfa")

            return "in"

        @app.post("/out")
        def leave() -> str:
            found = login.current()
            ours.devices.left(request, found.user if found else "")
            login.end()
            return "out"

        @app.get("/me")
        def me() -> dict[str, t.Any]:
            found = login.current()
            return {
                "user": current_user.id if current_user else None,
                "how": found.how if found else (),
                "fresh": bool(found and found.fresh),
            }

        @app.get("/known/<user>")
        def known(user: str) -> dict[str, t.Any]:
            devices = ours.devices
            trusted = devices.trusted(request, user)
            return {"known": devices.known(request, user), "trusted": trusted}

        @app.post("/half/<user>")
        def half(user: str) -> str:
            login.hold(user, None, ours.now, ("password",))
            return "half"

        @app.get("/pending")
        def pending() -> str:
            found = login.pending(ours.now)
            return found.user if found else ""

        @app.post("/changed")
        def changed() -> str:
            user = current_user.id
            emit = ours.house.emit
            emit("accounts", "password-changed", Action.NOTED, "It was.", user=user)
            return "changed"

        @app.get("/nothing")
        def nothing() -> str:
            return "nothing"

    def add(self, name: str) -> str:
        """Make a user, and return their id."""
        ours = self.service

        with ours.database.writing() as sql:
            return t.cast(
                str,
                ours.people.add(sql, f"{name}@example.org", None, name, ours.now).id,
            )

    def browser(self, agent: str = FIREFOX, address: str = "192.0.2.1") -> Client:
        found = client(self.app)
        found.environ_base["HTTP_USER_AGENT"] = agent
        found.environ_base["REMOTE_ADDR"] = address
        return found

    def rows(self, name: str) -> list[t.Any]:
        self.service.history.settle()
        table = getattr(self.service.tables, name)

        with self.service.database.reading() as sql:
            return list(sql.scalars(select(table)))

    def names(self, user: str) -> list[str]:
        """Return the names of what happened to a user, the oldest first."""
        return [entry.name for entry in self.service.history.of(user)][::-1]


@pytest.fixture
def club(tmp_path: Path, database_url: str) -> Iterator[Club]:
    """A club whose accounts are in a database of each kind."""
    with Club(str(tmp_path), Clock(), STOPPER_ACCOUNTS_URL=database_url) as made:
        yield made


@pytest.fixture
def ann(club: Club) -> str:
    return club.add("ann")


@pytest.fixture
def bob(club: Club) -> str:
    return club.add("bob")


def value(browser: Client, name: str) -> str | None:
    """Return what a cookie of a browser holds."""
    found = browser.get_cookie(name, "club.example")
    return found.value if found is not None else None


def bring(browser: Client, name: str, value: str) -> None:
    """Have a browser bring a cookie."""
    browser.set_cookie(name, value, domain="club.example", secure=True)


def close(browser: Client) -> None:
    """Close the browser and open it again: its session is gone."""
    browser.delete_cookie(SESSION, domain="club.example")


def who(browser: Client) -> str | None:
    return t.cast("str | None", browser.get("/me").json["user"])


def lines(answer: t.Any, name: str) -> list[str]:
    """Return the Set-Cookie lines of an answer for one cookie."""
    found = answer.headers.getlist("Set-Cookie")
    return [line for line in found if line.startswith(f"{name}=")]


def statements(engine: Engine) -> list[str]:
    """Collect the statements that an engine sends from here on."""
    found: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(conn, cursor, statement, parameters, context, many):
        if not re.match(r"BEGIN|COMMIT|ROLLBACK|PRAGMA", statement):
            found.append(statement)

    return found
