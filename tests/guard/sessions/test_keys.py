"""A session belongs to the app that made it, and the app's key says which that is."""

from __future__ import annotations

import pytest
from flask import Flask
from flask import session

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import SettingError

from .conftest import browser

FIRST, SECOND = "the first key of these tests", "the second key of these tests"


@pytest.fixture
def made(tmp_path, clock):
    """Make apps that share a store."""

    def make(key, *fallbacks):
        app = Flask("keys", instance_path=str(tmp_path))
        app.config.update(
            SECRET_KEY=key,
            SECRET_KEY_FALLBACKS=list(fallbacks),
            STOPPER_ORIGIN="https://notes.example",
            STOPPER_STORE=f"sqlite:{tmp_path}/shared.sqlite",
        )
        alone(app, "sessions")
        app.stopper = Stopper(app, clock=clock)

        @app.post("/login/<user>")
        def login(user):
            session["user_id"] = user
            return "in"

        @app.get("/me")
        def me():
            return str(session.get("user_id"))

        @app.get("/devices/<user>")
        def devices(user):
            return [found.device for found in app.stopper.sessions.of(user)]

        return browser(app)

    return make


def moved(visitor, to):
    to.bring(visitor.key())
    return to


def test_a_session_of_another_app_in_the_same_store_opens_nothing(made):
    blog, bank = made(FIRST), made(SECOND)
    blog.ask("POST", "/login/1")
    moved(blog, bank)

    assert bank.ask("GET", "/me").text == "None"
    assert bank.ask("GET", "/devices/1").json == []

    bank.ask("POST", "/login/2")

    assert bank.ask("GET", "/me").text == "2"
    assert blog.ask("GET", "/me").text == "1"


def test_a_planned_rotation_of_the_key_logs_nobody_out(made, clock):
    old, new, servers_left = made(FIRST), made(SECOND, FIRST), made(FIRST)
    old.ask("POST", "/login/1")
    moved(old, new)

    assert new.ask("GET", "/me").text == "1"

    # Written by a server that has the new key, at the turn of the hour.
    clock.now += 3000
    new.ask("GET", "/me")
    clock.now += 601
    new.ask("GET", "/me")

    assert new.key() != old.key()
    assert new.ask("GET", "/me").text == "1"
    # Servers are started again one by one.
    assert moved(new, servers_left).ask("GET", "/me").text == "1"


def test_a_key_that_is_taken_no_more_ends_its_sessions(made):
    old, new, later = made(FIRST), made(SECOND, FIRST), made(SECOND)
    old.ask("POST", "/login/1")
    new.ask("POST", "/login/2")

    assert moved(old, later).ask("GET", "/me").text == "None"
    assert moved(new, later).ask("GET", "/me").text == "2"


def test_an_app_without_a_key_keeps_its_sessions_too(made):
    first, second = made(None), made(None)
    first.ask("POST", "/login/1")

    assert moved(first, second).ask("GET", "/me").text == "1"
    assert moved(first, made(FIRST)).ask("GET", "/me").text == "None"


def test_fallbacks_that_are_text_are_refused(made):
    client = made(FIRST)
    client.application.config.update(SECRET_KEY_FALLBACKS=SECOND, TESTING=True)

    with pytest.raises(SettingError, match="SECRET_KEY_FALLBACKS takes a list"):
        client.ask("GET", "/me")


def test_the_key_cannot_be_read_from_the_store(made, tmp_path):
    made(FIRST).ask("POST", "/login/1")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("shared.sqlite*"))

    assert b"user_id" in kept
    assert FIRST.encode() not in kept
