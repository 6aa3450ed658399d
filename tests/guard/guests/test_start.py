"""What is said at the start of the settings of Flask-Security and Flask-Login."""

from __future__ import annotations

import pytest

from guard.guests.members import BEN
from guard.guests.members import browser
from guard.guests.members import closed
from guard.guests.members import club
from guard.guests.members import enter
from guard.guests.members import PASSWORD
from guard.guests.members import quiet
from guard.guests.members import send
from stopper import Stopper
from stopper import testing

__all__ = ("closed",)

pytestmark = quiet

TRIAL = {"STOPPER_MODE": "report", "STOPPER_REPORT_UNTIL": "2099-01-01"}


def said(app):
    """Return what is said at the start, by setting."""
    Stopper(app)

    with testing.events(app) as found:
        testing.client(app).get("/me")
        testing.client(app).get("/me")

    return [
        (e.details["setting"], e.message) for e in found if "setting-weak" in e.name
    ]


def test_answers_that_tell_who_has_an_account_are_told_of_with_the_value(closed):
    found = said(closed())

    assert (
        "SECURITY_RETURN_GENERIC_RESPONSES",
        "SECURITY_RETURN_GENERIC_RESPONSES is False: login, registration and reset tell "
        "who has an account. Set True.",
    ) in found
    assert len(found) == len({setting for setting, _ in found})


def test_what_is_set_right_is_not_told_of(closed):
    found = dict(said(closed(SECURITY_RETURN_GENERIC_RESPONSES=True)))

    assert "SECURITY_RETURN_GENERIC_RESPONSES" not in found


def test_recovery_codes_in_plain_text_are_told_of(closed):
    assert "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS" in dict(
        said(closed(SECURITY_MULTI_FACTOR_RECOVERY_CODES=True))
    )


def test_a_setting_that_means_nothing_here_is_not_told_of(closed):
    assert "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS" not in dict(said(closed()))


def test_alone_its_cache_header_is_none_that_caches_know(closed):
    assert browser(closed()).get("/login").headers["Cache-Control"] == (
        "private=True, no-store=True"
    )


def test_its_cache_header_is_well_formed(closed):
    app = closed()
    Stopper(app)
    client = browser(app)

    assert client.get("/login").headers["Cache-Control"] == "private, no-store"
    enter(client)
    assert client.get("/tf-setup").headers["Cache-Control"] == "private, no-store"


def test_what_the_app_says_of_caches_stays(closed):
    app = closed(SECURITY_CACHE_CONTROL={"max-age": 0, "no-store": True})
    Stopper(app)

    found = browser(app).get("/login").headers["Cache-Control"]
    assert found == "max-age=0, no-store"


class TestSwitch:
    """LOGIN_DISABLED has Flask-Login ask nobody."""

    def started(self, **settings):
        app = club(
            LOGIN_DISABLED=True,
            **{
                "STOPPER_AUTHORIZATION_MODE": "enforce",
                "STOPPER_ORIGIN": "https://club.example",
                "STOPPER_STORE": "memory:",
                **settings,
            },
        )
        Stopper(app)

        with testing.events(app) as found:
            status = testing.client(app).get("/me").status_code

        return status, [e.name for e in found]

    def test_alone_the_view_is_open(self):
        app = club(LOGIN_DISABLED=True)

        assert app.test_client().get("/me").text == "None"

    def test_it_does_not_start(self):
        status, _ = self.started(TESTING=False)

        assert status == 500

    def test_it_says_what_to_take_away(self):
        app = club(
            LOGIN_DISABLED=True, TESTING=False, STOPPER_ORIGIN="https://a.example"
        )
        app.config.update(STOPPER_AUTHORIZATION_MODE="enforce", STOPPER_STORE="memory:")
        Stopper(app)

        with pytest.raises(Exception, match="LOGIN_DISABLED is True"):
            app.extensions["stopper"].settle()

    def test_in_debug_mode_it_is_told_of(self):
        _, found = self.started(TESTING=False, DEBUG=True)

        assert "login-disabled" in found

    def test_on_trial_it_is_told_of(self):
        _, found = self.started(
            TESTING=False, STOPPER_AUTHORIZATION_MODE="report", **TRIAL
        )

        assert "login-disabled" in found

    def test_in_tests_it_is_nobodys_business(self):
        _, found = self.started()

        assert "login-disabled" not in found


def test_a_new_password_ends_what_other_browsers_keep(closed):
    app = closed(SECURITY_CHANGEABLE=True, SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False)

    @app.get("/basket")
    def basket():
        from flask import session

        return session.setdefault("basket", "empty" if "x" in session else "mine")

    ours = Stopper(app)
    mine, other = browser(app), browser(app, "192.0.2.2")
    enter(mine)
    enter(other)
    other.get("/basket")

    with app.app_context():
        name = app.security.datastore.find_user(email=BEN).fs_uniquifier
        assert len(ours.sessions.of(name)) == 2

    new = {
        "new_password": "another long one",
        "new_password_confirm": "another long one",
    }
    assert send(mine, "/change", password=PASSWORD, **new).status_code == 302

    with app.app_context():
        assert ours.sessions.of(name) == []

    assert mine.get("/me").text == BEN

    with other.session_transaction() as session:
        assert dict(session) == {}
