"""An app with sessions kept by Stopper, a clock that is set by hand, and its events."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import session

from alone import alone
from stopper import Stopper
from stopper.guard.events import event

START = 1_800_000_000.0
HTTPS = "https://notes.example"


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(tmp_path):
    app = Flask("sessions", instance_path=str(tmp_path / "instance"))
    app.secret_key = "for these tests alone"
    app.config.update(STOPPER_STORE="memory:", STOPPER_ORIGIN=HTTPS)
    alone(app, "sessions")

    @app.post("/login/<user>")
    def login(user):
        session["user_id"] = user
        return "in"

    @app.post("/logout")
    def logout():
        session.clear()
        return "out"

    @app.get("/me")
    def me():
        return str(session.get("user_id"))

    @app.get("/quiet")
    def quiet():
        return "nothing is stored"

    @app.route("/put/<key>/<value>", methods=["GET", "POST"])
    def put(key, value):
        session[key] = value
        return dict(session)

    return app


@pytest.fixture
def stopper(app, clock):
    return Stopper(app, clock=clock)


@pytest.fixture
def happened(app):
    found = []

    def receive(sender, event):
        found.append(event)

    event.connect(receive, app)
    yield found
    event.disconnect(receive, app)


def browser(app, device="Firefox"):
    """A client that speaks HTTPS to the app's origin."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = device

    def ask(method, path, **more):
        return client.open(path, method=method, base_url=HTTPS, **more)

    client.ask = ask
    client.key = lambda: client.get_cookie("__Host-session", "notes.example").value
    client.bring = lambda key: client.set_cookie(
        "__Host-session", key, domain="notes.example", secure=True
    )
    return client


@pytest.fixture
def visitor(app, stopper):
    return browser(app)


@pytest.fixture
def other(app, stopper):
    return browser(app)


@pytest.fixture
def new_browser(app, stopper):
    return lambda device="Firefox": browser(app, device)
