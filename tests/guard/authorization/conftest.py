"""An app in which authorization is at work, with sessions that a test logs in."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask import session

from alone import alone
from stopper import Stopper
from stopper.testing import Client

ROLES = {"editor": ["notes:read", "notes:write"], "chief": ["notes:*"], "admin": ["*"]}

#: The role of each user.
PEOPLE = {"1": ["editor"], "2": ["admin"], "3": [], "4": ["chief"]}


class Shop(t.NamedTuple):
    """An app with its Stopper."""

    app: Flask
    stopper: Stopper

    def client(self, user: str = "", **headers: str) -> Client:
        """Return a browser or a program in which this user is logged in."""
        client = Client(self.app, self.app.response_class, use_cookies=True)
        client.environ_base.update({f"HTTP_{k.upper()}": v for k, v in headers.items()})

        if user:
            client.post(f"/enter/{user}")

        return client

    def status(self, path: str, user: str = "", method: str = "GET") -> int:
        """Return the status of one request."""
        return self.client(user).open(path, method=method).status_code


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Shop]:
    """Return what makes a shop with a public view, at which a test logs in."""

    def make(*controls: str, **settings: t.Any) -> Shop:
        app = Flask(
            "shop", root_path=str(tmp_path), instance_path=str(tmp_path / "instance")
        )
        app.config.update(TESTING=True, SECRET_KEY="of this test alone, and no other")
        alone(app, "authorization", "sessions", "errors", *controls)
        app.config.update(STOPPER_ROLES=ROLES)
        app.config.update(settings)
        stopper = Stopper(app)

        @app.post("/enter/<user>")
        @stopper.public
        def enter(user: str) -> str:
            session["user_id"] = user
            return ""

        return Shop(app, stopper)

    return make


@pytest.fixture
def shop(make: Callable[..., Shop]) -> Shop:
    """A shop whose users have roles."""
    shop = make()
    shop.stopper.roles(lambda user: PEOPLE[user])
    return shop


@pytest.fixture
def bare(make: Callable[..., Shop]) -> Shop:
    """A shop whose users have no roles."""
    return make()
