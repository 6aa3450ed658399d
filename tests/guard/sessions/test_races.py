"""Two requests of one session at the same time, over real stores."""

from __future__ import annotations

import pytest
from flask import session

from stopper.guard.sessions.writer import TRIES


@pytest.fixture
def app(app, address):
    app.config["STOPPER_STORE"] = address

    @app.post("/leave")
    def leave():
        session.pop("user_id")
        session["said"] = "goodbye"
        return "out"

    return app


def flooded(app, other, key, times):
    """Have somebody with a copy of the cookie write before each write of the others."""
    store = app.session_interface.keeper.store
    replace = store.replace
    left = [times]

    def slower(*args):
        if left[0]:
            left[0] -= 1
            other.bring(key)
            other.ask("GET", f"/put/n/{left[0]}")

        return replace(*args)

    store.replace = slower


def test_a_logout_holds_however_often_others_write(app, visitor, other, happened):
    visitor.ask("POST", "/login/ada")
    key = visitor.key()
    flooded(app, other, key, TRIES + 2)

    assert visitor.ask("POST", "/leave").text == "out"

    other.bring(key)
    assert other.ask("GET", "/me").text == "None"
    assert visitor.ask("GET", "/me").text == "None"
    assert visitor.key() != key
    assert "session-not-saved" not in [e.name for e in happened]


def test_a_session_that_was_ended_meanwhile_is_not_begun_anew(app, visitor, other):
    visitor.ask("POST", "/login/ada")
    key = visitor.key()
    flooded(app, other, key, TRIES)
    store = app.session_interface.keeper.store
    end = store.end
    store.end = lambda id: end(id) and end(id)

    assert visitor.ask("POST", "/leave").text == "out"
    assert store.of("ada", 0.0) == []
    assert visitor.ask("GET", "/put/n/1").json == {"n": "1"}


@pytest.mark.parametrize("leave", ["/logout", "/leave"])
def test_a_logout_holds_while_another_request_changes_the_rights(
    app, visitor, other, leave
):
    visitor.ask("POST", "/login/ada")
    key = visitor.key()
    store = app.session_interface.keeper.store
    before = {"end": store.end, "replace": store.replace}

    def promoted(name):
        def first(*args):
            # Before the logout is written, once.
            store.end, store.replace = before["end"], before["replace"]
            other.bring(key)
            other.ask("POST", "/put/role/admin")
            return getattr(store, name)(*args)

        return first

    store.end, store.replace = promoted("end"), promoted("replace")

    assert visitor.ask("POST", leave).text == "out"
    assert other.key() != key
    assert other.ask("GET", "/me").text == "None"
    assert store.of("ada", 1_800_000_000.0) == []


def test_a_request_that_outlasts_the_grace_of_its_id_is_no_replay(
    app, visitor, other, clock, happened
):
    @app.post("/upload")
    def upload():
        session["file"] = "there"
        # Meanwhile, in another tab: the id is an hour old, and gets a new one.
        clock.now += 20
        visitor.ask("GET", "/me")
        clock.now += 300
        return "done"

    visitor.ask("POST", "/login/ada")
    key = visitor.key()
    other.bring(key)
    clock.now += 1800
    visitor.ask("GET", "/me")
    clock.now += 1790

    assert other.ask("POST", "/upload").text == "done"
    assert visitor.key() != key
    assert visitor.ask("GET", "/put/a/b").json == {
        "user_id": "ada",
        "file": "there",
        "a": "b",
    }
    assert "session-replayed" not in [e.name for e in happened]


def test_a_device_is_ended_by_its_handle_however_often_its_id_changes(
    app, stopper, visitor, other
):
    app.add_url_rule("/renew", "renew", lambda: stopper.sessions.renew() or "new")

    with app.app_context():
        visitor.ask("POST", "/login/ada")
        other.ask("POST", "/login/eve")
        (shown,) = stopper.sessions.of("ada")
        visitor.ask("GET", "/renew")
        visitor.ask("GET", "/renew")

        assert not stopper.sessions.revoke("eve", shown.handle)
        assert visitor.ask("GET", "/me").text == "ada"
        assert stopper.sessions.revoke("ada", shown.handle)

    assert visitor.ask("GET", "/me").text == "None"
    assert other.ask("GET", "/me").text == "eve"
