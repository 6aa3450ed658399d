"""What Flask-Security and Flask-Login leave open, closed where Stopper stands in front."""

from __future__ import annotations

import re
import typing as t

import flask_login
import flask_security
import flask_sqlalchemy
import pytest
from flask import Flask
from flask_security.models import fsqla_v3

from stopper import Stopper
from stopper import testing

#: Of Flask-Security's own forms.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField:DeprecationWarning")

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


def make(tmp_path: t.Any, **settings: t.Any) -> Flask:
    """Return an app of Flask-Security's with one user who has an authenticator."""
    app = Flask("guest", instance_path=str(tmp_path))
    app.config.update(
        TESTING=True,
        SECRET_KEY="for these tests alone, and no others",
        STOPPER_AUTHORIZATION_MODE="off",
        SECURITY_PASSWORD_SALT="146585145368132386173505678016728509634",
        SECURITY_PASSWORD_HASH="plaintext",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS={"1": "a secret of these tests, and of no others"},
        SECURITY_TOTP_ISSUER="guest",
        SQLALCHEMY_DATABASE_URI="sqlite://",
    )
    app.config.update(settings)
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

    with app.app_context():
        db.create_all()
        secret = app.security.totp_factory.generate_totp_secret()
        members.create_user(
            email="ada@example.org",
            password=flask_security.hash_password("a long one"),
            tf_primary_method="authenticator",
            tf_totp_secret=secret,
        )
        db.session.commit()

    app.extensions["guest.secret"] = secret
    return app


@pytest.fixture
def closed(tmp_path):
    """Makes apps, and closes their databases."""
    made: list[Flask] = []

    def one(**settings: t.Any) -> Flask:
        made.append(make(tmp_path, **settings))
        return made[-1]

    yield one

    for app in made:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def code_of(app: Flask) -> str:
    """Return the code that the authenticator shows now."""
    with app.app_context():
        factory = app.security.totp_factory
        return (
            factory._totp.from_source(app.extensions["guest.secret"]).generate().token
        )


def log_in(app: Flask, code: str) -> bool:
    """Log in from a browser of its own, and say whether the code was taken."""
    client = testing.client(app)
    page = client.get("/login").text
    form = {"email": "ada@example.org", "password": "a long one"}
    form["csrf_token"] = _TOKEN.search(page)[1]
    page = client.post("/login", data=form, follow_redirects=True).text
    form = {"code": code, "csrf_token": _TOKEN.search(page)[1]}
    client.post("/tf-validate", data=form)

    with client.session_transaction() as session:
        return "_user_id" in session


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

    def test_that_nothing_ends_it_is_told_once(self):
        app = remembering()
        Stopper(app)

        with testing.events(app) as found:
            flags_of(app)
            flags_of(app)

        assert [e.name for e in found].count("remember-not-kept") == 1
