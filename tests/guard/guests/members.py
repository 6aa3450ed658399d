"""Apps of Flask-Security's and Flask-Login's, as people have them, and who uses them."""

from __future__ import annotations

import re
import typing as t

import flask_login
import flask_security
import flask_sqlalchemy
import pytest
from flask import abort
from flask import Flask
from flask import request
from flask_security.models import fsqla_v3

from stopper import testing

#: What Flask-Security's own forms warn of, and what Flask-Login does.
quiet = pytest.mark.filterwarnings(
    "ignore:Passing SelectField:DeprecationWarning",
    "ignore:datetime.datetime.utcnow:DeprecationWarning",
)

#: The password of everybody.
PASSWORD = "a long one"

#: Who has an authenticator, and who has none.
ADA, BEN = "ada@example.org", "ben@example.org"

_TOKEN = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class Post(flask_security.MailUtil):
    """Keeps what is sent."""

    def send_mail(self, template, subject, recipient, sender, body, html, **kwargs):
        """Keep one mail."""
        self.app.extensions.setdefault("guest.mails", []).append(body)

    def __init__(self, app):
        super().__init__(app)
        self.app = app


def make(tmp_path: t.Any, **settings: t.Any) -> Flask:
    """Return an app of Flask-Security's with two users."""
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
    app.security = flask_security.Security(app, members, mail_util_cls=Post)

    with app.app_context():
        db.create_all()
        secret = app.security.totp_factory.generate_totp_secret()
        password = flask_security.hash_password(PASSWORD)
        members.create_user(
            email=ADA,
            password=password,
            tf_primary_method="authenticator",
            tf_totp_secret=secret,
        )
        members.create_user(email=BEN, password=password)
        db.session.commit()

    @app.get("/me")
    @flask_security.auth_required("session")
    def me():
        return flask_login.current_user.email

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


def token_in(page: str) -> str:
    """Return the token in the first form of a page."""
    found = _TOKEN.search(page)
    assert found, page
    return found[1]


def browser(app: Flask, address: str = "192.0.2.1") -> t.Any:
    """Return a browser at an address."""
    client = testing.client(app)
    client.environ_base = {"REMOTE_ADDR": address}
    return client


def send(client: t.Any, path: str, **form: t.Any) -> t.Any:
    """Open the page of a form, fill it in and send it."""
    shown = client.get(path)

    if shown.status_code == 200:
        form["csrf_token"] = token_in(shown.text)

    return client.post(path, data=form)


def enter(
    client: t.Any, email: str = BEN, password: str = PASSWORD, **form: t.Any
) -> t.Any:
    """Send the form of a login."""
    return send(client, "/login", email=email, password=password, **form)


def entered(client: t.Any) -> bool:
    """Say whether somebody is logged in to the session of a browser."""
    with client.session_transaction() as session:
        return "_user_id" in session


def log_in(app: Flask, code: str) -> bool:
    """Log in from a browser of its own, and say whether the code was taken."""
    client = testing.client(app)
    page = enter(client, ADA)
    page = client.get(page.location).text
    form = {"code": code, "csrf_token": token_in(page)}
    client.post("/tf-validate", data=form)
    return entered(client)


def club(**settings: t.Any) -> Flask:
    """Return an app of Flask-Login's, written by hand, with two users."""
    app = Flask("club")
    app.config.update(
        TESTING=True,
        SECRET_KEY="for these tests alone, and no others",
        STOPPER_AUTHORIZATION_MODE="off",
        STOPPER_LIMIT_LOGIN="",
    )
    app.config.update(settings)
    manager = flask_login.LoginManager(app)

    class User(flask_login.UserMixin):
        def __init__(self, name):
            self.id = self.username = name
            # What anybody may call themselves.
            self.name = "ben" if name == "ada" else name

    manager.user_loader(User)

    @app.post("/enter")
    def enter():
        sent = request.get_json(silent=True) or request.form
        right = sent.get("username") in ("ada", "ben") and sent["password"] == PASSWORD

        if not right:
            abort(403)

        flask_login.login_user(User(sent["username"]), remember="remember" in sent)
        return "in"

    @app.post("/leave")
    def leave():
        flask_login.logout_user()
        return "out"

    @app.get("/me")
    @flask_login.login_required
    def me():
        return str(flask_login.current_user.get_id())

    return app
