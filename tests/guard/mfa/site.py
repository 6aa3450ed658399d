"""An app with accounts, in which somebody is logged in by a word and not by a password."""

from __future__ import annotations

import threading
import typing as t

import pyotp
from flask import Flask
from flask import request

import stopper
import stopper.testing
from authenticator import Authenticator
from stopper.accounts import Accounts
from stopper.guard.accounts import login
from stopper.guard.accounts.service import Service

ORIGIN = "https://club.example"
PASSWORD = "oars and sails at noon"
START = 1_800_000_000.0


class Clock:
    """The time, which stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Site:
    """An app with accounts, and what happened in it.

    :param url: The address of an empty database, empty for one in memory.
    """

    def __init__(self, url: str = "", **config: t.Any) -> None:
        self.clock = Clock()
        self.mails: list[t.Any] = []
        app = self.app = Flask(__name__)
        app.config.update(
            TESTING=True,
            SECRET_KEY="4b1f09c2d7e8a635",
            STOPPER_ORIGIN=ORIGIN,
            STOPPER_STORE="memory:",
            STOPPER_ACCOUNTS_URL=url,
        )
        app.config.update(config)
        self.stopper = stopper.Stopper(app, clock=self.clock)
        self._views()
        self.accounts = Accounts(app, mail=self.mails.append)

    def _views(self) -> None:
        app = self.app

        @app.post("/in/<user>")
        @self.stopper.public
        def enter(user):
            how = request.args.get("how", "password").split("+")
            login.begin(user, self.clock(), how, "stale" not in request.args)
            return "in"

        @app.post("/belongs/<series>")
        @self.stopper.public
        def belongs(series):
            login.belongs(series)
            return "belongs"

        @app.post("/half/<user>")
        @self.stopper.public
        def half(user):
            remember = "remember" in request.args

            with self.service.database.reading() as sql:
                password = self.service.people.by_id(sql, user).password

            login.hold(user, password, self.clock(), ["password"], remember)
            return "half"

        @app.get("/")
        @self.stopper.public
        def home():
            known = login.current()
            return {
                "user": known and known.user,
                "how": list(known.how if known else ()),
            }

        @app.route("/pay", methods=["GET", "POST"])
        @self.stopper.public
        @self.stopper.fresh(minutes=10)
        def pay():
            return "paid"

    @property
    def service(self) -> Service:
        found = self.app.extensions["stopper.accounts"]
        assert isinstance(found, Service)
        return found

    def user(self, address: str = "ann@club.example", role: str = "") -> str:
        """Make a user, and return the id."""
        ours = self.service

        with self.app.app_context():
            hashed = ours.passwords.hash(PASSWORD)

            with ours.database.writing() as sql:
                found = ours.people.add(sql, address, hashed, "", self.clock())
                ours.people.set_verified(sql, found.id, self.clock())

                if role:
                    sql.add(ours.tables.membership(user=found.id, role=role))

        return found.id

    def client(self, user: str = "", **options: t.Any) -> stopper.testing.Client:
        """Return a browser, in which a user is logged in."""
        client = stopper.testing.client(self.app, **options)

        if user:
            assert client.post(f"/in/{user}").status_code == 200

        return client

    def half(self, user: str) -> stopper.testing.Client:
        """Return a browser in which a user showed the password, and has a factor to go."""
        client = stopper.testing.client(self.app)
        assert client.post(f"/half/{user}").status_code == 200
        return client

    def totp(self, user: str) -> pyotp.TOTP:
        """Give a user an authenticator app."""
        client = self.client(user)
        made = post(client, "/account/factors/totp")
        app = pyotp.TOTP(made.json["secret"])
        done = post(client, "/account/factors/totp/confirm", code=self.code(app))
        assert done.status_code == 200, done.text
        # The code that was shown is used up.
        self.clock.now += 60
        return app

    def code(self, app: pyotp.TOTP, ahead: int = 0) -> str:
        """Return the code that an app shows now, or some steps from now."""
        return app.at(int(self.clock.now) + 30 * ahead)

    def passkey(self, user: str, **options: t.Any) -> Authenticator:
        """Give a user a passkey."""
        client = self.client(user)
        made = Authenticator(ORIGIN, **options)
        asked = post(client, "/account/factors/passkey/options").json
        sent = made.make(asked)
        done = post(client, "/account/factors/passkey", credential=sent)
        assert done.status_code == 200, done.text
        return made

    def codes(self, user: str) -> list[str]:
        """Give a user recovery codes."""
        found: list[str] = post(self.client(user), "/account/factors/recovery").json[
            "codes"
        ]
        return found


def post(client: t.Any, path: str, **fields: t.Any) -> t.Any:
    """Send JSON, as a script does."""
    return client.post(path, json=fields, headers={"Accept": "application/json"})


def race(clients: t.Any, path: str, **fields: t.Any) -> list[int]:
    """Send the same from several browsers at once, and return the statuses."""
    barrier, found = threading.Barrier(len(clients)), []

    def send(client):
        barrier.wait()
        found.append(post(client, path, **fields).status_code)

    threads = [threading.Thread(target=send, args=(c,)) for c in clients]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    return found
