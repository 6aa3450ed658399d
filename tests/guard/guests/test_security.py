"""What Flask-Security and Flask-Login leave open, closed where Stopper stands in front."""

from __future__ import annotations

import typing as t

import flask_login
import flask_security
import pytest
from flask import Flask

from guard.guests.members import closed
from guard.guests.members import code_of
from guard.guests.members import log_in
from guard.guests.members import quiet
from stopper import Stopper
from stopper import testing

__all__ = ("closed",)

pytestmark = quiet


def test_alone_it_takes_one_code_three_times(closed):
    app = closed()
    code = code_of(app)

    assert [log_in(app, code) for _ in range(3)] == [True, True, True]


def test_a_code_counts_once(closed):
    app = closed()
    Stopper(app)
    code = code_of(app)

    with testing.events(app) as found:
        tries = [log_in(app, code) for _ in range(3)]

    assert tries == [True, False, False]
    assert found.refused == ["totp-replayed", "totp-replayed"]


def test_on_trial_a_code_that_comes_again_is_told_of(closed):
    app = closed(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31")
    Stopper(app)
    code = code_of(app)

    with testing.events(app) as found:
        tries = [log_in(app, code) for _ in range(2)]

    assert tries == [True, True]
    assert "totp-replayed" in found.reported


def test_an_app_that_keeps_the_counter_goes_on_to(closed):
    kept = []

    class Own(flask_security.Totp):
        def set_last_counter(self, user, tmatch):
            kept.append(tmatch.counter)

    app = closed()
    app.security.totp_factory.__class__ = Own
    Stopper(app)

    assert log_in(app, code_of(app))
    assert len(kept) == 1


def test_recovery_codes_cannot_be_tried_out(closed):
    app = closed()
    Stopper(app)
    testing.client(app).get("/login")
    codes = app.security.totp_factory.generate_recovery_codes(5)

    assert len({*codes}) == 5
    assert {len(code.replace("-", "")) for code in codes} == {32}
    assert all(int(code.replace("-", ""), 16) for code in codes)


def remembering(**settings: t.Any) -> Flask:
    """Return an app of Flask-Login's that remembers who logs in."""
    app = Flask("guest")
    app.config.update(
        TESTING=True,
        SECRET_KEY="for these tests alone, and no others",
        STOPPER_AUTHORIZATION_MODE="off",
    )
    app.config.update(settings)
    manager = flask_login.LoginManager(app)

    class User(flask_login.UserMixin):
        id = "ada"

    manager.user_loader(lambda id: User())

    @app.post("/enter")
    def enter():
        flask_login.login_user(User(), remember=True)
        return "in"

    return app


def flags_of(app: Flask) -> set[str]:
    """Return the flags of the cookie that remembers a login."""
    answer = testing.client(app).post("/enter")
    (line,) = (
        line
        for line in answer.headers.getlist("Set-Cookie")
        if line.startswith("remember_token=")
    )
    return {part.strip() for part in line.split(";")[1:]}


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
class TestRemember:
    """The cookie of Flask-Login that remembers a login."""

    def test_alone_it_has_hardly_a_flag(self):
        assert not flags_of(remembering()) & {"Secure", "SameSite=Lax"}

    def test_it_gets_flags_that_the_app_does_not_name(self):
        app = remembering(TESTING=False, STOPPER_ORIGIN="https://shop.example")
        app.config["STOPPER_STORE"] = "memory:"
        Stopper(app)

        assert flags_of(app) >= {"Secure", "HttpOnly", "SameSite=Lax"}

    def test_on_trial_it_stays_as_it_was(self):
        app = remembering(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31")
        Stopper(app)

        with testing.events(app) as found:
            assert not flags_of(app) & {"Secure", "SameSite=Lax"}

        told = {e.details["setting"] for e in found if "weak" in e.name and e.details}
        assert told >= {"REMEMBER_COOKIE_SECURE", "REMEMBER_COOKIE_SAMESITE"}

    def test_a_flag_that_the_app_takes_away_is_told_of(self):
        app = remembering(REMEMBER_COOKIE_HTTPONLY=False)
        Stopper(app)

        with testing.events(app) as found:
            flags = flags_of(app)

        assert "HttpOnly" not in flags
        (told,) = (e for e in found if e.name == "remember-cookie-weak")
        assert told.message == (
            "REMEMBER_COOKIE_HTTPONLY is False: an injected script can read the cookie "
            "that logs in. Set it to True."
        )

    def test_that_nothing_ends_it_is_told_once_where_sessions_are_not_kept(self):
        app = remembering(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31")
        Stopper(app)

        with testing.events(app) as found:
            flags_of(app)
            flags_of(app)

        assert [e.name for e in found].count("remember-not-kept") == 1
