"""Which links and answers give accounts away."""

from __future__ import annotations

import pytest

from projects import found


def rules(source):
    return {rule for rule, _, _ in found({"app.py": source})}


LOADS = """
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

def {name}(key, token, options):
    links = {serializer}(key, salt={salt!r})
    return links.loads({given})
"""


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"given": "token, max_age=None"}, True),
        ({"given": "token, max_age=60"}, False),
        ({"given": "token, 60"}, False),
        ({"given": "token, **options"}, False),
        ({"given": "token, return_timestamp=True"}, False),
        ({"serializer": "URLSafeSerializer"}, True),
        ({"name": "confirm"}, True),
        ({"name": "boat"}, False),
        ({"name": "boat", "salt": "reset-password"}, True),
        ({"name": "verify_unsubscribe"}, False),
    ],
)
def test_a_signed_token_that_never_expires_is_found(changes, is_found):
    plain = {
        "name": "reset",
        "serializer": "URLSafeTimedSerializer",
        "salt": "x",
        "given": "token",
    }

    assert (
        "reset-token-without-expiry" in rules(LOADS.format(**(plain | changes)))
    ) is is_found


@pytest.mark.parametrize(
    ("name", "claims", "is_found"),
    [
        ("reset_token", '{"id": user.id}', True),
        ("reset_token", '{"id": user.id, "exp": soon()}', False),
        ("reset_token", '{"id": user.id, **more}', False),
        ("reset_token", "claims_of(user)", False),
        ("boat_token", '{"id": user.id}', False),
    ],
)
def test_a_jwt_that_never_expires_is_found(name, claims, is_found):
    text = f"""
import jwt

def {name}(user, key, more):
    claims = {claims}
    return jwt.encode(claims, key, algorithm="HS256")
"""
    assert ("reset-token-without-expiry" in rules(text)) is is_found


STORED = """
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    created_at = db.Column(db.DateTime)
    {column} = db.Column(db.String)
    {more}

@app.post("/reset/<token>")
def reset(token):
    user = {lookup}
    {line}
    user.set_password(request.form["password"])
    return "done"
"""

KEPT = {
    "column": "reset_token",
    "more": "",
    "lookup": "User.query.filter_by(reset_token=token).first()",
    "line": "user.reset_token = None",
}


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, {"reset-token-without-expiry"}),
        ({"more": "reset_until = db.Column(db.DateTime)"}, set()),
        ({"more": "reset_sent_at = db.Column(db.DateTime)"}, set()),
        ({"line": "user.reset_token = None; refuse_if_expired(user)"}, set()),
        ({"line": "# expires"}, {"reset-token-without-expiry", "reusable-reset-token"}),
        ({"line": "pass", "lookup": "User.query.filter_by(name=token).first()"}, set()),
        (
            {
                "lookup": "db.session.execute(select(User).where(User.reset_token == token))"
            },
            {"reset-token-without-expiry"},
        ),
        ({"lookup": "User.query.filter_by(reset_token=None).first()"}, set()),
    ],
)
def test_a_stored_token_has_a_time_and_is_taken_away(changes, names):
    wanted = {"reset-token-without-expiry", "reusable-reset-token"}

    text = STORED.format(**(KEPT | changes)).replace("# expires", "pass  # expires")
    assert rules(text) & wanted == names


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("links.dumps(user.id)", True),
        ("links.dumps([user.id, user.password_hash])", False),
        ("links.dumps([user.id, user.last_login])", False),
    ],
)
@pytest.mark.parametrize(
    ("name", "used"),
    [("make_reset_token", ""), ("boat", ""), ("make_reset_token", "used_tokens = {}")],
)
def test_a_signed_token_ends_with_the_password(line, is_found, name, used):
    text = f"""
from itsdangerous import URLSafeTimedSerializer
{used}
links = URLSafeTimedSerializer(KEY)

def {name}(user):
    return {line}
"""
    expected = is_found and name == "make_reset_token" and not used

    assert ("reusable-reset-token" in rules(text)) is expected


MAIL = """
from flask import Flask, request, url_for
app = Flask(__name__)
{more}

def {name}(user, token):
    link = {link}
    {then}
"""


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"link": 'request.url_root + "reset/" + token'}, True),
        ({"link": 'url_for("reset", token=token, _external=True)'}, True),
        ({"link": 'url_for("reset", token=token)'}, False),
        ({"link": 'url_for("boat", _external=True)', "name": "send_boat_mail"}, False),
        ({"then": "return link"}, False),
        ({"more": 'app.config["SERVER_NAME"] = "shop.example"'}, False),
        ({"more": 'app.config["TRUSTED_HOSTS"] = ["shop.example"]'}, False),
        ({"more": "from stopper import Stopper\nStopper(app)"}, False),
    ],
)
def test_a_mailed_link_with_the_host_of_the_request_is_found(changes, is_found):
    plain = {
        "more": "",
        "name": "tell",
        "link": 'request.host_url + "reset/" + token',
        "then": "mail.send(Message(user.email, link))",
    }

    assert (
        "reset-link-from-host" in rules(MAIL.format(**(plain | changes)))
    ) is is_found


VIEW = """
from flask import Flask, flash, request
from flask_login import login_required
app = Flask(__name__)

@app.post("{rule}")
{above}
def {name}({given}):
    if find(request.form["name"]) is None:
        {unknown}

    if not check(request.form["password"]):
        {wrong}

    return "Welcome."
"""

TELLS = {
    "rule": "/login",
    "above": "@limited",
    "name": "login",
    "given": "",
    "unknown": 'return "User not found."',
    "wrong": 'return "Wrong password."',
}


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"unknown": 'flash("This e-mail address does not exist.")'}, True),
        ({"unknown": 'flash("Invalid username.")'}, True),
        ({"unknown": 'return {"error": "No account with this address"}, 404'}, True),
        ({"unknown": 'return "Wrong name or password."'}, False),
        ({"unknown": 'return "Invalid username or password."'}, False),
        ({"wrong": 'return "No."'}, False),
        ({"unknown": 'log.info("User not found."); return "No."'}, False),
        ({"rule": "/boats", "name": "boats"}, False),
        ({"rule": "/forgot", "name": "forgot", "wrong": "pass"}, True),
        (
            {"rule": "/forgot", "name": "forgot", "wrong": "pass"}
            | {
                "unknown": 'return "If there is such an account not found, a mail is sent."'
            },
            False,
        ),
        (
            {"rule": "/reset_password", "name": "reset", "above": "@login_required"},
            False,
        ),
        ({"rule": "/reset_password/<int:user_id>", "given": "user_id"}, False),
    ],
)
def test_an_answer_that_tells_who_has_an_account_is_found(changes, is_found):
    text = VIEW.format(**(TELLS | changes))

    assert ("account-enumeration" in rules(text)) is is_found


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("RequestResetForm", True), ("LoginForm", True), ("BoatForm", False)],
)
def test_a_form_that_tells_who_has_an_account_is_found(name, is_found):
    text = f"""
from flask_wtf import FlaskForm
from wtforms import ValidationError

class {name}(FlaskForm):
    def validate_email(self, field):
        if find(field.data) is None:
            raise ValidationError("There is no account with this address.")
"""
    assert ("account-enumeration" in rules(text)) is is_found


SECURITY = """
from datetime import timedelta
from flask import Flask
from flask_login import LoginManager
from flask_security import Security

app = Flask(__name__)
manager = LoginManager(app)
{}
security = Security(app)
"""


@pytest.mark.parametrize(
    ("key", "value", "is_found"),
    [
        ("SECURITY_RESET_PASSWORD_WITHIN", "timedelta(days=1)", True),
        ("SECURITY_RESET_PASSWORD_WITHIN", '"5 days"', True),
        ("SECURITY_RESET_PASSWORD_WITHIN", '"30 minutes"', False),
        ("SECURITY_RESET_PASSWORD_WITHIN", "timedelta(minutes=30)", False),
        ("SECURITY_RETURN_GENERIC_RESPONSES", "False", True),
        ("SECURITY_RETURN_GENERIC_RESPONSES", "True", False),
        ("SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS", "True", True),
        ("SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS", "False", False),
        ("SECURITY_AUTO_LOGIN_AFTER_RESET", "True", True),
        ("SECURITY_LOGIN_WITHOUT_CONFIRMATION", "True", True),
        ("SECURITY_CONFIRM_EMAIL_WITHIN", "timedelta(days=30)", True),
        ("SECURITY_CONFIRM_EMAIL_WITHIN", "timedelta(days=2)", False),
        ("SECURITY_LOGIN_WITHIN", "timedelta(days=1)", True),
        ("SESSION_PROTECTION", "None", True),
        ("SESSION_PROTECTION", '"strong"', False),
    ],
)
def test_a_setting_of_an_extension_is_judged(key, value, is_found):
    text = SECURITY.format(f"app.config[{key!r}] = {value}")

    assert ("weak-account-setting" in rules(text)) is is_found


@pytest.mark.parametrize(("value", "is_found"), [("None", True), ('"basic"', False)])
def test_the_protection_of_a_session_is_judged(value, is_found):
    text = SECURITY.format(f"manager.session_protection = {value}")

    assert ("weak-account-setting" in rules(text)) is is_found


def test_a_default_means_something_only_with_its_part_of_the_extension():
    def names(line):
        files = {"app/__init__.py": SECURITY.format(line), "app/views.py": ""}
        return [
            line for rule, _, line in found(files) if rule == "weak-account-setting"
        ]

    generic = 'app.config["SECURITY_RETURN_GENERIC_RESPONSES"] = True'
    reset = 'app.config["SECURITY_RECOVERABLE"] = True'

    assert names(generic) == []
    assert len(names(f"{generic}\n{reset}")) == 1
