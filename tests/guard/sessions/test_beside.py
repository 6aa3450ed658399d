"""Beside others: Flask's own sessions, other extensions, and modes."""

from __future__ import annotations

import flask_login
import pytest
from flask import Flask
from flask import session
from flask.sessions import SecureCookieSessionInterface

from alone import alone
from stopper import Stopper
from stopper.catalogue.error import StartError

HTTPS = "https://notes.example"


def flask_cookie(app, **data):
    """A cookie as Flask itself would have set it."""
    return SecureCookieSessionInterface().get_signing_serializer(app).dumps(data)


def test_cookies_of_flask_are_taken_over_until_the_day(app, clock):
    app.config["STOPPER_SESSION_TAKEOVER_UNTIL"] = "2027-01-20"
    Stopper(app, clock=clock)
    client = app.test_client()
    client.set_cookie(
        "session", flask_cookie(app, user_id="ada"), domain="notes.example"
    )
    clock.now = 1_800_000_000.0  # 2027-01-15
    answer = client.get("/me", base_url=HTTPS)
    new = client.get_cookie("__Host-session", "notes.example")

    assert answer.text == "ada"
    assert new is not None


@pytest.mark.parametrize("name", ["session", "notes"])
def test_a_logout_after_a_take_over_holds(app, clock, name):
    app.config.update(
        STOPPER_SESSION_TAKEOVER_UNTIL="2027-01-20", SESSION_COOKIE_NAME=name
    )
    Stopper(app, clock=clock)
    client = app.test_client()
    client.set_cookie(name, flask_cookie(app, user_id="ada"), domain="notes.example")
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert client.get("/me", base_url=HTTPS).text == "ada"
    assert client.get_cookie(name, "notes.example") is None
    assert client.post("/logout", base_url=HTTPS, headers=headers).text == "out"
    assert client.get("/me", base_url=HTTPS).text == "None"


def test_a_taken_over_cookie_of_the_same_name_is_replaced(app, clock):
    app.config.update(
        STOPPER_SESSION_TAKEOVER_UNTIL="2027-01-20",
        SESSION_COOKIE_NAME="__Host-session",
    )
    Stopper(app, clock=clock)
    client = app.test_client()
    client.set_cookie(
        "__Host-session", flask_cookie(app, user_id="ada"), domain="notes.example"
    )
    answer = client.get("/me", base_url=HTTPS)

    assert answer.text == "ada"
    assert len(answer.headers.getlist("Set-Cookie")) == 1
    assert client.get("/me", base_url=HTTPS).text == "ada"


def test_after_the_day_they_are_nothing(app, clock):
    app.config["STOPPER_SESSION_TAKEOVER_UNTIL"] = "2027-01-14"
    Stopper(app, clock=clock)
    client = app.test_client()
    client.set_cookie(
        "session", flask_cookie(app, user_id="ada"), domain="notes.example"
    )

    assert client.get("/me", base_url=HTTPS).text == "None"


def test_without_the_setting_they_are_nothing(app, stopper):
    client = app.test_client()
    client.set_cookie(
        "session", flask_cookie(app, user_id="ada"), domain="notes.example"
    )

    assert client.get("/me", base_url=HTTPS).text == "None"


def test_in_report_mode_nothing_that_a_browser_keeps_is_changed(app, clock, happened):
    app.config.update(STOPPER_SESSIONS_MODE="report", STOPPER_REPORT_UNTIL="9999-12-31")
    Stopper(app, clock=clock)
    line = app.test_client().post("/login/ada", base_url=HTTPS).headers["Set-Cookie"]

    assert line.startswith("session=ey")
    assert [e.name for e in happened] == ["session-cookie-weak"]


def test_another_extension_that_keeps_sessions_goes_on(app, clock, happened):
    class Other(SecureCookieSessionInterface):
        pass

    app.session_interface = Other()
    Stopper(app, clock=clock)
    line = app.test_client().post("/login/ada", base_url=HTTPS).headers["Set-Cookie"]

    assert line.startswith("session=ey")
    assert [e.name for e in happened] == ["other-extension"]


def test_one_that_comes_later_goes_on_too(app, clock):
    class Other(SecureCookieSessionInterface):
        pass

    Stopper(app, clock=clock)
    app.session_interface = Other()
    line = app.test_client().post("/login/ada", base_url=HTTPS).headers["Set-Cookie"]

    assert line.startswith("session=ey")


def test_a_cookie_for_the_whole_domain_is_refused_at_the_start(app, clock):
    app.testing = True
    app.config["SESSION_COOKIE_DOMAIN"] = "example"
    Stopper(app, clock=clock)

    with pytest.raises(StartError, match="SESSION_COOKIE_DOMAIN"):
        app.test_client().get("/me")


def test_memory_under_several_processes_is_refused_at_the_start(app, clock):
    app.config["PROPAGATE_EXCEPTIONS"] = True
    Stopper(app, clock=clock)

    with pytest.raises(StartError, match="STOPPER_STORE"):
        app.test_client().get(
            "/me", base_url=HTTPS, environ_overrides={"wsgi.multiprocess": True}
        )


@pytest.fixture
def members(app):
    """The same app with Flask-Login."""
    manager = flask_login.LoginManager(app)

    class Member(flask_login.UserMixin):
        id = "7"

    manager.user_loader(lambda user: Member() if user == "7" else None)

    @app.post("/in")
    def come():
        flask_login.login_user(Member(), remember=False)
        return "in"

    @app.post("/out")
    def go():
        flask_login.logout_user()
        return "out"

    @app.get("/mine")
    @flask_login.login_required
    def mine():
        return flask_login.current_user.id

    return app


def test_flask_logins_login_and_logout_change_the_id(members, visitor, other, stopper):
    visitor.ask("GET", "/put/a/b")
    before = visitor.key()
    visitor.ask("POST", "/in")
    within = visitor.key()
    other.bring(within)

    assert before != within
    assert other.ask("GET", "/mine").text == "7"

    with members.app_context():
        assert [s.user for s in stopper.sessions.of("7")] == ["7"]

    visitor.ask("POST", "/out")

    assert other.ask("GET", "/mine").status_code == 401


def test_who_is_logged_in_is_known_without_a_loader(app, stopper, visitor, happened):
    seen = []

    @app.get("/event")
    def emit():
        keeper = app.session_interface.keeper
        seen.append(keeper.house.known())
        return "seen"

    visitor.ask("GET", "/event")
    visitor.ask("POST", "/login/ada")
    visitor.ask("GET", "/event")

    assert seen == [None, "ada"]


def test_static_files_need_no_session(app, stopper, visitor, tmp_path, monkeypatch):
    (tmp_path / "a.css").write_text("p {}")
    app.static_folder = str(tmp_path)
    visitor.ask("POST", "/login/ada")
    store = app.session_interface.keeper.store
    asked = []
    real = store.trip
    monkeypatch.setattr(store, "trip", lambda *a: asked.append(a) or real(*a))

    with visitor.ask("GET", "/static/a.css") as answer:
        assert answer.text == "p {}"

    assert asked == []


def test_an_app_with_its_own_name_for_the_cookie_keeps_it(tmp_path, clock):
    app = Flask("named", instance_path=str(tmp_path))
    app.config.update(SESSION_COOKIE_NAME="__Host-notes", STOPPER_STORE="memory:")
    app.config.update(SESSION_COOKIE_SAMESITE="Strict", SESSION_COOKIE_PARTITIONED=True)
    alone(app, "sessions")
    app.add_url_rule("/", "put", lambda: session.update(a=1) or "put")
    Stopper(app, clock=clock)
    line = app.test_client().get("/", base_url=HTTPS).headers["Set-Cookie"]

    assert line.startswith("__Host-notes=")
    assert line.endswith("; HttpOnly; Path=/; SameSite=Strict; Secure; Partitioned")


def test_a_remembered_user_does_not_come_back_where_all_sessions_were_ended(
    app, stopper, visitor
):
    flask_login = pytest.importorskip("flask_login")

    class Member(flask_login.UserMixin):
        id = "ada"

    manager = flask_login.LoginManager(app)
    manager.user_loader(lambda id: Member())

    @app.post("/come")
    def come():
        flask_login.login_user(Member(), remember=True)
        return "in"

    @app.get("/who")
    def who():
        return str(flask_login.current_user.is_authenticated)

    visitor.ask("POST", "/come")
    assert visitor.ask("GET", "/who").text == "True"

    with app.app_context():
        # A session, and what the browser is remembered by.
        assert stopper.sessions.revoke_all("ada") == 2

    assert visitor.ask("GET", "/who").text == "False"
