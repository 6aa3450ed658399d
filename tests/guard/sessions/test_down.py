"""While the store is away: who has a session is told so, whatever else asks for it."""

from __future__ import annotations

import flask_login
import pytest
from flask import Flask
from flask import session

from alone import alone
from stopper import Stopper
from stopper.guard.stores.base import StoreDown

from .conftest import browser


class Away:
    """What breaks the store of an app, and mends it."""

    def __init__(self, app):
        self.store = app.extensions["stopper"].settle().house.store
        self.trips = 0

    def away(self, *args):
        self.trips += 1
        raise StoreDown("It is away.")

    def __enter__(self):
        for name in ("trip", "put"):
            setattr(self.store, name, self.away)

        return self

    def __exit__(self, *error):
        for name in ("trip", "put"):
            delattr(self.store, name)


@pytest.fixture
def members(tmp_path):
    """An app with Flask-Login, which asks for the session after every answer."""
    app = Flask("members", root_path=str(tmp_path), instance_path=str(tmp_path / "i"))
    app.secret_key = "for these tests alone"
    app.config.update(STOPPER_STORE="memory:", STOPPER_ORIGIN="https://notes.example")
    alone(app, "sessions", "errors")
    Stopper(app)
    manager = flask_login.LoginManager(app)

    @manager.user_loader
    def load(id):
        user = flask_login.UserMixin()
        user.id = id
        return user

    @app.post("/login")
    def login():
        flask_login.login_user(load("ada"))
        return "in"

    @app.get("/me")
    def me():
        return str(flask_login.current_user.get_id())

    @app.get("/open")
    def opened():
        return "open"

    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "page.css").write_text("")
    return app


@pytest.mark.parametrize("path", ["/me", "/open", "/static/page.css"])
def test_who_has_a_session_is_told_to_come_again(members, path):
    visitor = browser(members)
    visitor.ask("POST", "/login")

    with Away(members):
        answer = visitor.ask("GET", path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_store_that_is_away_is_asked_once_a_request_and_shows_no_traceback(
    members, caplog
):
    visitor = browser(members)
    visitor.ask("POST", "/login")

    with Away(members) as store:
        visitor.ask("GET", "/me")

    assert store.trips == 1
    assert [r for r in caplog.records if r.exc_info] == []


def test_who_was_logged_in_is_so_again_when_the_store_is_back(members):
    @members.errorhandler(503)
    def away(error):
        session["seen"] = True
        return "away", 503

    visitor = browser(members)
    visitor.ask("POST", "/login")

    with Away(members):
        assert visitor.ask("GET", "/me").status_code == 503

    assert visitor.ask("GET", "/me").text == "ada"


def test_the_app_shows_its_own_page(members):
    @members.errorhandler(503)
    def away(error):
        return f"away, {flask_login.current_user.is_authenticated}", 503

    visitor = browser(members)
    visitor.ask("POST", "/login")

    with Away(members):
        assert visitor.ask("GET", "/me").text == "away, False"


def test_what_cannot_be_written_is_said_in_the_form_that_was_asked_for(members):
    visitor = browser(members)

    with Away(members):
        page = visitor.ask("POST", "/login", headers={"Accept": "text/html"})
        data = visitor.ask("POST", "/login", headers={"Accept": "application/json"})

    assert (page.status_code, data.status_code) == (503, 503)
    assert "<style nonce=" in page.text
    assert page.headers["X-Request-ID"] in page.text
    assert data.json["incident"] == data.headers["X-Request-ID"]
    assert data.headers["Cache-Control"] == "no-store"
