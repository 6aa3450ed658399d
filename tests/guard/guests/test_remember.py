"""What Flask-Login remembers a login by is kept in the store, and ends there."""

from __future__ import annotations

import flask_login
import pytest
from flask import Flask
from flask import session

from guard.accounts.test_throttle import Down
from guard.guests.members import browser
from guard.guests.members import club
from guard.guests.members import PASSWORD
from guard.guests.members import quiet
from stopper import Stopper
from stopper import testing

pytestmark = quiet

NOW = 1_800_000_000.0
NAME = "remember_token"


@pytest.fixture
def clock():
    """The time, which a test sets."""
    return [NOW]


def guarded(clock, **settings):
    app = club(**settings)
    app.extensions["ours"] = Stopper(app, clock=lambda: clock[0])
    return app


@pytest.fixture
def ours(clock, address):
    """An app of Flask-Login's with Stopper in front, once for each kind of store."""
    app = guarded(clock, STOPPER_STORE=address)
    yield app
    app.extensions["stopper"].settle().house.store.close()


def come(app, who="ada", address="192.0.2.1"):
    client = browser(app, address)
    sent = {"username": who, "password": PASSWORD, "remember": "1"}
    assert client.post("/enter", data=sent).status_code == 200
    return client


def value(client):
    found = client.get_cookie(NAME)
    return found.value if found else None


def copy(app, text, address="198.51.100.9"):
    thief = browser(app, address)
    thief.set_cookie(NAME, text)
    return thief


def forget(client):
    """Close the browser: what lasts as long as it is gone."""
    for cookie in list(client._cookies.values()):
        if "session" in cookie.key or cookie.key == "stopper-known":
            client.delete_cookie(cookie.key, domain=cookie.domain, path=cookie.path)


def test_who_is_remembered_is_logged_in_again_and_again(ours, clock):
    client = come(ours)
    seen = {value(client)}

    for _ in range(3):
        forget(client)
        clock[0] += 86_400
        assert client.get("/me").text == "ada"
        seen.add(value(client))

    assert len(seen) == 4


def test_the_cookie_is_another_one_for_each_browser(ours):
    assert value(come(ours)) != value(come(ours))


def test_it_ends_when_the_login_said(clock):
    ours = guarded(clock, REMEMBER_COOKIE_DURATION=3 * 86_400)
    client = come(ours)

    for _ in range(2):
        forget(client)
        clock[0] += 86_000
        assert client.get("/me").status_code == 200

    text = value(client)
    clock[0] += 90_000
    assert copy(ours, text).get("/me").status_code == 401


def test_a_copy_is_worth_nothing_after_the_logout(ours):
    client = come(ours)
    text = value(client)
    client.post("/leave")

    assert value(client) is None
    assert copy(ours, text).get("/me").status_code == 401


def test_what_a_copy_opened_ends_with_the_logout(ours):
    client = come(ours)
    thief = copy(ours, value(client))
    assert thief.get("/me").text == "ada"
    client.post("/leave")

    assert thief.get("/me").status_code == 401
    forget(thief)
    assert thief.get("/me").status_code == 401


def test_a_logout_without_the_cookie_ends_it_too(ours):
    client = come(ours)
    text = value(client)
    client.delete_cookie(NAME)
    client.post("/leave")

    assert copy(ours, text).get("/me").status_code == 401


def test_a_cookie_that_was_replaced_ends_both_and_what_they_opened(ours, clock):
    client = come(ours)
    thief = copy(ours, value(client))
    assert thief.get("/me").text == "ada"
    clock[0] += 61
    forget(client)

    with testing.events(ours) as found:
        assert client.get("/me").status_code == 401

    assert "remember-replayed" in found.refused
    assert thief.get("/me").status_code == 401
    forget(thief)
    assert thief.get("/me").status_code == 401


def test_another_browser_of_the_user_stays(ours, clock):
    other, client = come(ours), come(ours)
    thief = copy(ours, value(client))
    thief.get("/me")
    clock[0] += 61
    forget(client)
    client.get("/me")
    forget(other)

    assert other.get("/me").text == "ada"


def test_requests_that_come_at_once_are_no_copies(ours, clock):
    client = come(ours)
    text = value(client)
    clock[0] += 5
    forget(client)
    answers = [copy(ours, text, "192.0.2.1").get("/me") for _ in range(3)]

    assert [a.status_code for a in answers] == [200] * 3
    handed = [
        [c for c in a.headers.getlist("Set-Cookie") if c.startswith(NAME)]
        for a in answers
    ]
    assert [len(lines) for lines in handed] == [1, 0, 0]


def test_all_sessions_of_a_user_are_ended_with_what_is_remembered(ours):
    client = come(ours)

    with ours.test_request_context():
        ours.extensions["ours"].sessions.revoke_all("ada")

    forget(client)
    assert client.get("/me").status_code == 401


def test_what_is_remembered_is_no_device_in_the_list(ours):
    come(ours)

    with ours.test_request_context():
        assert len(ours.extensions["ours"].sessions.of("ada")) == 1


def test_a_cookie_of_flask_logins_own_opens_nothing(ours):
    with ours.test_request_context():
        text = flask_login.encode_cookie("ada")

    assert copy(ours, text).get("/me").status_code == 401


def test_one_is_taken_over_while_old_sessions_are(clock):
    ours = guarded(clock, STOPPER_SESSION_TAKEOVER_UNTIL="2027-02-01")

    with ours.test_request_context():
        text = flask_login.encode_cookie("ada")

    client = copy(ours, text)
    assert client.get("/me").text == "ada"
    assert value(client).count(".") == 2
    clock[0] += 60 * 86_400
    assert copy(ours, text).get("/me").status_code == 401


def test_a_cookie_with_another_name_in_it_opens_nothing(ours):
    mine, other = value(come(ours, "ada")), value(come(ours, "ben"))
    mixed = ".".join([other.split(".")[0], *mine.split(".")[1:]])

    assert copy(ours, mixed).get("/me").status_code == 401


def test_a_new_login_ends_what_the_browser_was_remembered_by(ours):
    client = come(ours)
    text = value(client)
    client.post(
        "/enter", data={"username": "ada", "password": PASSWORD, "remember": "1"}
    )

    assert value(client) != text
    assert copy(ours, text).get("/me").status_code == 401


def test_one_that_is_refreshed_each_time_stays_the_same_and_lasts(clock):
    ours = guarded(
        clock,
        REMEMBER_COOKIE_DURATION=3 * 86_400,
        REMEMBER_COOKIE_REFRESH_EACH_REQUEST=True,
    )
    client = come(ours)
    text = value(client)
    clock[0] += 600
    client.get("/me")
    assert value(client) == text
    clock[0] += 3 * 86_400 - 300
    forget(client)

    assert copy(ours, text).get("/me").text == "ada"


def test_one_manager_serves_several_apps(clock):
    manager = flask_login.LoginManager()
    manager.user_loader(lambda id: type("User", (flask_login.UserMixin,), {"id": id})())
    apps = []

    for name in ("one", "two"):
        app = Flask(name)
        app.config.update(
            TESTING=True,
            SECRET_KEY=f"for these tests alone, and no others: {name}",
            STOPPER_AUTHORIZATION_MODE="off",
        )
        manager.init_app(app)

        @app.post("/enter")
        def enter():
            flask_login.login_user(manager._user_callback("ada"), remember=True)
            return "in"

        @app.get("/me")
        @flask_login.login_required
        def me():
            return str(flask_login.current_user.id)

        Stopper(app, clock=lambda: clock[0])
        apps.append(app)

    for app in apps:
        client = browser(app)
        client.post("/enter")
        forget(client)
        assert client.get("/me").text == "ada"

    assert copy(apps[0], value(client)).get("/me").status_code == 401


def test_where_the_store_is_down_nobody_is_remembered_and_nothing_is_lost(ours):
    client = come(ours)
    forget(client)
    house = ours.extensions["stopper"]._walk.house
    store = house.store
    house.__dict__["store"] = Down()
    assert client.get("/me").status_code == 401
    house.__dict__["store"] = store

    assert client.get("/me").text == "ada"


def test_the_session_says_to_which_series_it_belongs(ours):
    client = come(ours)

    with client:
        client.get("/me")
        assert session["_stopper_remembered"] == value(client).split(".")[1]
