"""The sessions of a user: shown, and ended one by one or all at once."""

from __future__ import annotations

import uuid

import pytest
from flask import session

from alone import alone
from stopper import Stopper


def listed(app, stopper, user="ada"):
    with app.app_context():
        return stopper.sessions.of(user)


def test_each_is_listed_with_device_place_and_times(app, stopper, new_browser, clock):
    new_browser("Firefox").ask("POST", "/login/ada")
    clock.now += 5
    new_browser("Safari").ask("POST", "/login/ada")
    new_browser("Opera").ask("POST", "/login/bob")

    assert [
        (s.device, s.place, s.created, s.seen, s.ends - s.created)
        for s in listed(app, stopper)
    ] == [
        ("Safari", "127.0.0.1", clock.now, clock.now, 86400.0),
        ("Firefox", "127.0.0.1", clock.now - 5, clock.now - 5, 86400.0),
    ]


def test_ones_own_is_marked(app, stopper, new_browser):
    @app.get("/devices")
    def devices():
        return [[s.device, s.current] for s in stopper.sessions.of("ada")]

    new_browser("Firefox").ask("POST", "/login/ada")
    phone = new_browser("Safari")
    phone.ask("POST", "/login/ada")

    assert sorted(phone.ask("GET", "/devices").json) == [
        ["Firefox", False],
        ["Safari", True],
    ]


def test_one_is_ended_by_its_handle(app, stopper, new_browser):
    laptop, phone = new_browser("Firefox"), new_browser("Safari")
    laptop.ask("POST", "/login/ada")
    phone.ask("POST", "/login/ada")
    handle = next(s.handle for s in listed(app, stopper) if s.device == "Safari")

    with app.app_context():
        assert stopper.sessions.revoke("ada", handle)
        assert not stopper.sessions.revoke("ada", handle)

    assert phone.ask("GET", "/me").text == "None"
    assert laptop.ask("GET", "/me").text == "ada"


def test_nobody_ends_the_session_of_another(app, stopper, new_browser):
    laptop = new_browser()
    laptop.ask("POST", "/login/ada")
    (found,) = listed(app, stopper)

    with app.app_context():
        assert not stopper.sessions.revoke("eve", found.handle)

    assert laptop.ask("GET", "/me").text == "ada"


def test_a_handle_opens_nothing(app, stopper, new_browser):
    new_browser().ask("POST", "/login/ada")
    (found,) = listed(app, stopper)
    thief = new_browser()
    thief.bring(found.handle[:43])

    assert thief.ask("GET", "/me").text == "None"


def test_all_others_are_ended(app, stopper, new_browser):
    @app.post("/others")
    def others():
        return str(stopper.sessions.revoke_others(session["user_id"]))

    browsers = [new_browser() for _ in range(3)]

    for one in browsers:
        one.ask("POST", "/login/ada")

    assert browsers[0].ask("POST", "/others").text == "2"
    assert [b.ask("GET", "/me").text for b in browsers] == ["ada", "None", "None"]


def test_all_are_ended(app, stopper, new_browser):
    browsers = [new_browser() for _ in range(2)]

    for one in browsers:
        one.ask("POST", "/login/ada")

    with app.app_context():
        assert stopper.sessions.revoke_all("ada") == 2

    assert [b.ask("GET", "/me").text for b in browsers] == ["None", "None"]


def test_the_user_is_who_the_session_says(app, stopper, visitor):
    app.add_url_rule("/who", "who", lambda: str(stopper.identity()))
    visitor.ask("POST", "/login/ada")

    assert listed(app, stopper)[0].user == "ada"


def test_another_device_and_place_are_events_and_no_logout(
    app, stopper, new_browser, happened
):
    laptop = new_browser("Firefox")
    laptop.ask("POST", "/login/ada")
    thief = new_browser("curl")
    thief.bring(laptop.key())
    there = {"REMOTE_ADDR": "203.0.113.9"}

    assert thief.ask("GET", "/me", environ_base=there).text == "ada"
    assert [e.name for e in happened] == [
        "session-device-changed",
        "session-place-changed",
    ]

    happened.clear()
    thief.ask("GET", "/me", environ_base=there)

    assert happened == []


@pytest.mark.parametrize("mode", ["off", "report"])
def test_where_it_is_not_at_work_the_list_says_so(tmp_path, mode):
    from flask import Flask

    app = alone(Flask("off", instance_path=str(tmp_path)), "sessions")
    app.config.update(STOPPER_SESSIONS_MODE=mode, STOPPER_REPORT_UNTIL="9999-12-31")
    stopper = Stopper(app)

    with (
        app.app_context(),
        pytest.raises(RuntimeError, match="STOPPER_SESSIONS_MODE"),
    ):
        stopper.sessions.of("ada")


@pytest.mark.parametrize(
    ("user", "other"),
    [
        (uuid.UUID(int=7), uuid.UUID(int=8)),
        ("x" * 300, "x" * 301),
        ("x" * 201, "x" * 200),
        (0, 1),
        (-1, 1),
    ],
)
def test_a_user_of_any_kind_of_id_is_revoked_and_nobody_else(
    app, stopper, new_browser, user, other
):
    @app.post("/as/<int:which>")
    def log_in(which):
        session["user_id"] = (user, other)[which]
        return "in"

    one, two = new_browser("Firefox"), new_browser("Safari")
    one.ask("POST", "/as/0")
    two.ask("POST", "/as/1")

    with app.app_context():
        assert [s.device for s in stopper.sessions.of(user)] == ["Firefox"]
        assert stopper.sessions.revoke_all(user) == 1

    assert one.ask("GET", "/me").text == "None"
    assert two.ask("GET", "/me").text == str(other)


def test_a_user_called_like_those_without_a_name_is_not_all_of_them(
    app, stopper, new_browser
):
    @app.post("/as")
    def log_in():
        session["user"] = {"id": 1}
        return "in"

    @app.post("/named")
    def named():
        session["user"] = "(user)"
        return "in"

    one, mallory = new_browser("Firefox"), new_browser("Opera")
    one.ask("POST", "/as")
    mallory.ask("POST", "/named")

    with app.app_context():
        assert [s.device for s in stopper.sessions.of("(user)")] == ["Opera"]
        assert stopper.sessions.revoke_all("(user)") == 1

    assert one.ask("GET", "/quiet").status_code == 200
    assert len(app.session_interface.keeper.store.of("(user)", 0.0)) == 1
