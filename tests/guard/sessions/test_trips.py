"""What a request costs: how often it asks a Redis."""

from __future__ import annotations

import re

import pytest
from flask import session

from ..conftest import emptied
from ..stores.test_redis import told
from ..stores.worker import key
from ..stores.worker import NOW
from ..stores.worker import session as record


@pytest.fixture(params=["", "10000/minute"])
def app(app, redis_server, tmp_path, request):
    emptied(redis_server.port)
    (tmp_path / "a.css").write_text("p {}")
    app.static_folder = str(tmp_path)
    app.config.update(
        STOPPER_STORE=redis_server.url,
        STOPPER_RATELIMITS_MODE="enforce",
        STOPPER_CSRF_MODE="enforce",
        STOPPER_LIMIT_ALL=request.param,
    )

    return app


def warm(store):
    """Have Redis know every script: one that it does not know is told twice."""
    store.put(record("a"), None)
    store.replace(key("a"), record("b"), 1, 0.0, NOW)
    store.touch(key("b"), NOW, NOW)
    store.end_all("ann")
    store.end(key("b"))


@pytest.fixture
def trips(app, stopper, visitor, redis_server):
    """Return what counts the questions to the Redis that a request asks."""

    @app.post("/others")
    def others():
        return str(stopper.sessions.revoke_others(session["user_id"]))

    def asked():
        # Connections that others close are read from as well, so these are counted.
        text = told(redis_server.port, b"INFO", b"commandstats").decode()
        return sum(map(int, re.findall(r"_eval(?:sha)?:calls=(\d+)", text)))

    def ask(method, path, who=visitor):
        headers = {"Sec-Fetch-Site": "same-origin"}
        before = asked()

        with who.ask(method, path, headers=headers) as answer:
            assert answer.status_code == 200

        return asked() - before

    ask("GET", "/me")
    warm(app.extensions["stopper"].settle().house.store)
    ask("POST", "/login/ada")
    return ask


def test_a_read_is_one_trip(trips):
    assert trips("GET", "/me") == 1
    assert trips("GET", "/quiet") == 1


def test_a_change_is_two_trips(trips):
    assert trips("POST", "/put/color/red") == 2
    # The same again changes nothing.
    assert trips("POST", "/put/color/red") == 1


def test_a_login_and_a_logout_are_two_trips(trips):
    assert trips("POST", "/logout") == 2
    assert trips("POST", "/login/eve") == 2
    assert trips("POST", "/login/ada") == 2


def test_a_visitor_without_a_session_is_a_trip_only_to_be_counted(app, trips, other):
    assert trips("GET", "/me", other) == bool(app.config["STOPPER_LIMIT_ALL"])
    assert trips("POST", "/login/ada", other) == 2


def test_a_static_file_is_no_trip(trips):
    assert trips("GET", "/static/a.css") == 0


def test_that_a_session_is_used_is_told_once_a_minute(trips, clock):
    clock.now += 60

    assert trips("GET", "/me") == 2
    assert trips("GET", "/me") == 1


def test_a_new_id_at_the_turn_of_the_hour_is_two_trips(trips, clock):
    clock.now += 3000
    trips("GET", "/me")
    clock.now += 600

    assert trips("GET", "/me") == 2
    assert trips("GET", "/me") == 1


def test_a_revocation_is_one_trip_more(trips):
    assert trips("POST", "/others") == 2
