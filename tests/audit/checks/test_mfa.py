"""Which second factors can be left out, used twice or read from a table."""

from __future__ import annotations

import pytest

from projects import found


def rules(source):
    return {rule for rule, _, _ in found({"app.py": source})}


LOGIN = """
from flask import Flask, redirect, session
from flask_login import login_user, logout_user
app = Flask(__name__)

@app.post("/login")
def login():
    user = whoever()
    {first}

    if user.{test}:
        {inside}

    {last}
    return redirect("/")
{more}
"""

SKIPS = {
    "first": "login_user(user)",
    "test": "totp_enabled",
    "inside": 'return redirect("/two-factor")',
    "last": "",
    "more": "",
}


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"first": 'session["user_id"] = user.id'}, True),
        ({"test": "mfa"}, True),
        ({"first": "", "last": "login_user(user)"}, False),
        ({"first": 'session["half"] = user.id'}, False),
        ({"inside": 'logout_user(); return redirect("/two-factor")'}, False),
        ({"test": "is_new", "inside": 'return redirect("/welcome")'}, False),
        ({"more": 'def asked():\n    return session.get("mfa_done")'}, False),
        ({"more": '# session["mfa_done"]'}, True),
    ],
)
def test_a_login_before_the_second_factor_is_found(changes, is_found):
    assert ("mfa-skippable" in rules(LOGIN.format(**(SKIPS | changes)))) is is_found


VERIFIES = """
import pyotp
{more}

def {name}(user, code, totp):
    return {call}
"""


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"call": "totp.verify(code)"}, True),
        ({"call": "user.verify(code)"}, False),
        ({"name": "set_up_factor"}, False),
        ({"more": "# last_code, replay()"}, True),
        ({"more": "def remember(user, code):\n    user.last_code = code"}, False),
        ({"more": "def used_codes(user):\n    return cache[user]"}, False),
        ({"call": "pyotp.HOTP(user.otp_secret).verify(code, 3)"}, False),
    ],
)
def test_a_code_that_nothing_remembers_is_found(changes, is_found):
    plain = {
        "more": "",
        "name": "right",
        "call": "pyotp.TOTP(user.otp_secret).verify(code)",
    }
    text = VERIFIES.format(**(plain | changes))

    assert ("totp-without-replay-check" in rules(text)) is is_found


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ("", True),
        (
            "class Codes(Totp):\n    def set_last_counter(self, user, match): keep(match)",
            False,
        ),
        ("from stopper import Stopper\nStopper(app)", False),
    ],
)
@pytest.mark.parametrize("value", ["True", "False"])
def test_the_empty_hooks_of_flask_security_are_found(more, value, is_found):
    text = f"""
from flask import Flask
from flask_security import Security
app = Flask(__name__)
app.config["SECURITY_TWO_FACTOR"] = {value}
{more}
Security(app)
"""
    expected = is_found and value == "True"

    assert ("totp-without-replay-check" in rules(text)) is expected


@pytest.mark.parametrize(
    ("given", "is_found"),
    [
        ("code, valid_window=2", True),
        ("code, valid_window=1", False),
        ("code, valid_window=wide", False),
        ("code", False),
    ],
)
def test_a_window_of_many_steps_is_found(given, is_found):
    text = f"import pyotp\ndef right(s, code, wide):\n    return pyotp.TOTP(s).verify({given})\n"

    assert ("totp-wide-window" in rules(text)) is is_found


TABLE = """
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    {column} = db.Column({type})

def keep(user, value):
    user.{column} = {value}
"""


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"column": "mfa_secret"}, True),
        ({"column": "name"}, False),
        ({"type": "EncryptedType(db.String)"}, False),
        ({"type": "db.Boolean"}, False),
        ({"value": "fernet.encrypt(value)"}, False),
    ],
)
def test_a_secret_that_nothing_encrypts_is_found(changes, is_found):
    plain = {"column": "totp_secret", "type": "db.String(32)", "value": "value"}
    text = TABLE.format(**(plain | changes))

    assert ("totp-secret-in-plain" in rules(text)) is is_found


def test_an_old_migration_is_not_asked_for_secrets():
    text = TABLE.format(column="totp_secret", type="db.String(32)", value="value")
    names = {rule for rule, _, _ in found({"migrations/versions/one.py": text})}

    assert "totp-secret-in-plain" not in names


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("user.recovery_codes = [secrets.token_hex(8) for _ in '1234']", True),
        ("user.backup_codes = ','.join(secrets.token_hex(8) for _ in '1234')", True),
        ("db.add(RecoveryCode(user=user, code=secrets.token_hex(8)))", True),
        ("user.recovery_codes = [hashed(secrets.token_hex(8))]", False),
        ("user.recovery_codes = None; secrets.token_hex(8)", False),
        ("recovery_codes = [secrets.token_hex(8)]; return recovery_codes", False),
        ("db.add(Boat(code=secrets.token_hex(8)))", False),
        ("user.recovery_codes = made()", False),
    ],
)
def test_codes_that_are_kept_as_they_are_are_found(line, is_found):
    text = f"""
import hashlib, secrets

def made():
    return [hashlib.sha256(secrets.token_bytes(16)).hexdigest()]

def renew(user, db):
    {line}
"""
    assert ("recovery-code-in-plain" in rules(text)) is is_found


@pytest.mark.parametrize(
    ("key", "value", "is_found"),
    [
        ("SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY", "300", True),
        ("SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY", "30", False),
        ("SECURITY_TWO_FACTOR_LOGIN_VALIDITY", "timedelta(days=365)", True),
        ("SECURITY_TWO_FACTOR_LOGIN_VALIDITY", '"30 days"', False),
        ("SECURITY_FRESHNESS", "timedelta(minutes=-1)", True),
        ("SECURITY_FRESHNESS", "timedelta(minutes=10)", False),
        ("SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS", "None", True),
        ("SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS", "keys", False),
    ],
)
def test_a_setting_of_flask_security_is_judged(key, value, is_found):
    text = f"""
from datetime import timedelta
from flask import Flask
from flask_security import Security
app = Flask(__name__)
app.config[{key!r}] = {value}
Security(app)
"""
    assert ("weak-mfa-setting" in rules(text)) is is_found
