"""Beside the extensions that an app has already, with every control on."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable

import flask_cors
import flask_limiter
import flask_login
import flask_security
import flask_session
import flask_sqlalchemy
import flask_talisman
import flask_wtf
import pytest
import wtforms
from cachelib import SimpleCache
from flask import Flask
from flask import render_template_string
from flask import session
from flask_limiter.util import get_remote_address
from flask_security.models import fsqla_v3

from stopper import Stopper
from stopper import testing
from stopper.catalogue.event import Action

#: The control that changes nothing for the user has to do so in both.
MODES = ("enforce", "report")

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """The mode of all controls."""
    return str(request.param)


@pytest.fixture
def make(mode: str, tmp_path: t.Any) -> Callable[..., Flask]:
    """Return what makes an app that every control watches."""

    def make(**settings: t.Any) -> Flask:
        app = Flask("neighbours", instance_path=str(tmp_path))
        app.config.update(
            TESTING=True,
            SECRET_KEY="for these tests alone, and no others",
            STOPPER_MODE=mode,
            # Their views say nothing to Stopper of who may ask.
            STOPPER_AUTHORIZATION_MODE="off",
            STOPPER_REPORT_UNTIL="9999-12-31",
        )
        app.config.update(settings)
        return app

    return make


def put(value: str) -> str:
    session["put"] = value
    return "put"


# Flask-Login 0.6.3 on Python 3.12 and later.
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_flask_login_logs_in_remembers_and_logs_out(make):
    app = make()
    manager = flask_login.LoginManager(app)

    class Member(flask_login.UserMixin):
        id = "7"

    manager.user_loader(lambda key: Member() if key == "7" else None)
    app.add_url_rule("/who", "who", lambda: flask_login.current_user.get_id() or "-")

    @app.post("/login")
    def login():
        flask_login.login_user(Member(), remember=True)
        return "in"

    @app.post("/logout")
    def logout():
        flask_login.logout_user()
        return "out"

    Stopper(app)
    client = testing.client(app)

    with testing.events(app) as found:
        client.post("/login")
        within = client.get("/who").text
        # The session ends, and the cookie that remembers is still there.
        client.delete_cookie("session")
        client.delete_cookie("__Host-session")
        remembered = client.get("/who").text
        client.post("/logout")
        after = client.get("/who").text

    assert (within, remembered, after) == ("7", "7", "-")
    assert found.refused == []


@pytest.mark.parametrize("protected", [True, False])
def test_flask_wtf_forms_go_through_with_and_without_its_extension(make, protected):
    app = make()

    class Form(flask_wtf.FlaskForm):
        name = wtforms.StringField()

    if protected:
        flask_wtf.CSRFProtect(app)

    @app.route("/form", methods=["GET", "POST"])
    def form():
        found = Form()

        if found.validate_on_submit():
            return f"hello {found.name.data}"

        page = "<form method=post>{{ form.hidden_tag() }}{{ form.errors }}</form>"
        return render_template_string(page, form=found)

    Stopper(app)
    client = testing.client(app)
    token = _TOKEN.search(client.get("/form").text)[1]
    # An old browser, of which Stopper itself would ask for a token.
    headers = {"Sec-Fetch-Site": "", "Origin": "", "Referer": "https://localhost/form"}
    good = client.post("/form", data={"name": "ada", "csrf_token": token})
    old = client.post(
        "/form", data={"name": "ada", "csrf_token": token}, headers=headers
    )
    bad = client.post("/form", data={"name": "ada", "csrf_token": "x"})

    assert good.text == "hello ada"
    assert old.text == "hello ada"
    assert "hello" not in bad.text


def test_flask_session_keeps_the_sessions_and_stopper_says_so(make):
    app = make(SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache())
    flask_session.Session(app)
    app.add_url_rule("/put/<value>", "put", put)
    app.add_url_rule("/got", "got", lambda: session.get("put", "-"))
    Stopper(app)
    client = testing.client(app)

    with testing.events(app) as found:
        client.get("/put/a")
        got = client.get("/got").text

    assert got == "a"
    assert "other-extension" in found.named(Action.NOTED)
    assert client.get_cookie("__Host-session", "localhost") is None


def test_flask_limiter_counts_as_before(make):
    app = make()
    limiter = flask_limiter.Limiter(
        get_remote_address, app=app, storage_uri="memory://", headers_enabled=True
    )
    app.add_url_rule("/two", "two", limiter.limit("2/minute")(lambda: "served"))
    Stopper(app)
    client = testing.client(app)
    answers = [client.get("/two") for _ in range(3)]

    assert [a.status_code for a in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"


def test_flask_cors_answers_as_before(make):
    app = make()
    flask_cors.CORS(app, origins=["https://friend.example"])
    app.add_url_rule("/api", "api", lambda: {"a": 1})
    Stopper(app)
    client = testing.client(app)
    friend = client.get("/api", headers={"Origin": "https://friend.example"})
    stranger = client.get("/api", headers={"Origin": "https://evil.example"})
    allowed = "Access-Control-Allow-Origin"

    assert friend.headers.getlist(allowed) == ["https://friend.example"]
    assert allowed not in stranger.headers


def test_flask_talisman_keeps_its_policy_and_no_header_comes_twice(make):
    app = make()
    flask_talisman.Talisman(app, content_security_policy={"default-src": "'self'"})
    app.add_url_rule("/page", "page", lambda: "<p>page")
    Stopper(app)
    answer = testing.client(app).get("/page")
    names = [name.lower() for name, _ in answer.headers]
    once = {"content-security-policy", "strict-transport-security", "x-frame-options"}

    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
    assert {name: names.count(name) for name in once} == dict.fromkeys(once, 1)


def test_flask_security_logs_in_and_out(make):
    app = make(
        SECURITY_PASSWORD_SALT="146585145368132386173505678016728509634",
        SECURITY_PASSWORD_HASH="plaintext",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SQLALCHEMY_DATABASE_URI="sqlite://",
    )
    db = flask_sqlalchemy.SQLAlchemy(app)
    fsqla_v3.FsModels.set_db_info(db)

    class Role(db.Model, fsqla_v3.FsRoleMixin):
        pass

    class User(db.Model, fsqla_v3.FsUserMixin):
        pass

    class WebAuthn(db.Model, fsqla_v3.FsWebAuthnMixin):
        pass

    members = flask_security.SQLAlchemyUserDatastore(db, User, Role)
    app.security = flask_security.Security(app, members)
    app.add_url_rule("/mine", "mine", flask_security.auth_required()(lambda: "mine"))

    with app.app_context():
        db.create_all()
        members.create_user(
            email="ada@example.org", password=flask_security.hash_password("a long one")
        )
        db.session.commit()

    Stopper(app)
    client = testing.client(app)
    form = {"email": "ada@example.org", "password": "a long one"}

    with testing.events(app) as found:
        form["csrf_token"] = _TOKEN.search(client.get("/login").text)[1]
        client.post("/login", data=form)
        within = client.get("/mine").text
        client.post("/logout")
        after = client.get("/mine").status_code

    assert (within, after) == ("mine", 302)
    assert found.refused == []

    with app.app_context():
        db.engine.dispose()
