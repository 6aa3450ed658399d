"""A key is used so often and no oftener; a client sends so many wrong ones."""

from __future__ import annotations

import pytest

from guard.apikeys.conftest import keys_of
from guard.apikeys.conftest import program_of
from guard.apikeys.test_keys import other_id
from stopper.guard.apikeys.wishes import Wish
from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.memory import MemoryStore


def test_a_key_is_used_as_often_as_the_setting_says(make_app, clock):
    app = make_app(STOPPER_APIKEY_RATE="2/minute")
    program = program_of(app)
    key = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key
    other = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key

    assert [program(key).status_code for _ in range(3)] == [200, 200, 429]
    assert program(other).status_code == 200

    clock.now += 30

    assert program(key).status_code == 200


def test_who_has_to_wait_is_told_how_long(make_app, happened_in):
    app = make_app(STOPPER_APIKEY_RATE="1/minute")
    program = program_of(app)
    key = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key
    program(key)

    with happened_in(app) as found:
        answer = program(key)

    assert answer.headers["Retry-After"] == "60"
    assert [(e.name, e.details["limit"]) for e in found] == [
        ("key-used-too-often", "1 per minute")
    ]


def test_a_rate_of_its_own_goes_before_that_of_the_setting(app, keys, program):
    key = keys.make("ann", Wish(scopes=("notes:read",), rate="1/hour; 5/day")).key

    assert [program(key).status_code for _ in range(2)] == [200, 429]


def test_no_rate_is_no_limit(make_app):
    app = make_app(STOPPER_APIKEY_RATE="")
    program = program_of(app)
    key = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key

    assert {program(key).status_code for _ in range(20)} == {200}


def test_limits_of_the_view_and_of_the_key_are_one_trip(make_app, monkeypatch):
    app = make_app(STOPPER_APIKEY_RATE="3/minute")
    app.get("/api/slow")(app.stopper.limit("2/minute")(app.stopper.apikey()(view())))
    program = program_of(app)
    key = keys_of(app).make("ann", Wish()).key
    trips = []
    honest = MemoryStore.trip

    def counted(self, id, takes, now):
        trips.append(len(takes))
        return honest(self, id, takes, now)

    monkeypatch.setattr(MemoryStore, "trip", counted)

    assert program(key, "/api/slow").status_code == 200
    assert trips == [2]
    assert [program(key, "/api/slow").status_code for _ in range(2)] == [200, 429]
    assert program(key, "/api/slow").status_code == 429


def view():
    """A view of its own for each test: marks stand on the function."""
    return lambda: "slow"


def test_a_limit_by_user_counts_the_owner_of_the_key(make_app):
    app = make_app()
    limit = app.stopper.limit("1/minute", per="user")
    app.get("/api/slow")(limit(app.stopper.apikey()(view())))
    program = program_of(app)
    one, two = (keys_of(app).make("ann", Wish()).key for _ in range(2))
    other = keys_of(app).make("bob", Wish()).key

    assert program(one, "/api/slow").status_code == 200
    assert program(two, "/api/slow").status_code == 429
    assert program(other, "/api/slow").status_code == 200


def test_wrong_keys_are_slowed_and_right_ones_are_not(make_app, clock):
    app = make_app(STOPPER_APIKEY_WRONG="2/minute")
    program = program_of(app)
    key = keys_of(app).make("ann", Wish(scopes=("notes:read",))).key
    wrong = other_id(key)
    answers = [program(wrong) for _ in range(3)]
    elsewhere = program(wrong, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    assert [a.status_code for a in answers] == [401, 401, 429]
    assert answers[2].headers["Retry-After"] == "30"
    assert elsewhere.status_code == 401
    assert program(key).status_code == 200

    clock.now += 30

    assert program(wrong).status_code == 401


@pytest.mark.parametrize("sent", ["nonsense", "stp_x_y", "stp.e30.x"])
def test_nonsense_counts_as_a_wrong_key(make_app, sent):
    program = program_of(make_app(STOPPER_APIKEY_WRONG="1/minute"))

    assert [program(sent).status_code for _ in range(2)] == [401, 429]


def test_a_store_that_is_down_stops_no_program(
    app, key, program, happened, monkeypatch
):
    def down(self, id, takes, now):
        raise StoreDown("away")

    monkeypatch.setattr(MemoryStore, "trip", down)

    assert program(key).status_code == 200
    assert program(other_id(key)).status_code == 401
    assert "not-counted" in [e.name for e in happened]
