"""Which passwords are stored, hashed or logged in a way that gives them away."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit

APP = """
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import generate_password_hash

app = Flask(__name__)
db = SQLAlchemy(app)

class {model}(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    {column}
{more}

@app.post("/join")
def join():
    {line}
    db.session.commit()
    return "welcome"
"""

PLAIN = {
    "model": "User",
    "column": "password = db.Column(db.String)",
    "more": "",
    "line": 'db.session.add(User(password=request.form["password"]))',
}

SETTER = """
    def set_password(self, text):
        self.password = {}
"""

HOOK = """
    @db.validates("password")
    def hashed(self, key, password):
        return hash_of(password)
"""


def rules(source):
    return {rule for rule, _, _ in found({"app.py": source})}


def written(**changes):
    return APP.format(**(PLAIN | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"line": 'user = User(); user.password = request.json.get("password")'},
        {"line": 'User.query.update({"password": request.form["new"].strip()})'},
        {
            "more": SETTER.format("text"),
            "line": 'User().set_password(request.form["password"])',
        },
        {"column": "password_hash = db.Column(db.String)"}
        | {"line": 'db.session.add(User(password_hash=request.form["password"]))'},
    ],
)
def test_a_password_that_is_stored_as_it_was_typed_is_found(changes):
    assert "plaintext-password" in rules(written(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"line": 'User(password=generate_password_hash(request.form["password"]))'},
        {"line": 'User(password=hash_of(request.form["password"]))'},
        {"line": 'User(password="!")'},
        {"line": 'Camera(password=request.form["password"])', "model": "Camera"},
        {"column": "password = db.Column(PasswordType(schemes=['argon2']))"},
        {"more": HOOK},
        {
            "more": SETTER.format("generate_password_hash(text)"),
            "line": 'User().set_password(request.form["password"])',
        },
    ],
)
def test_a_password_that_is_hashed_or_is_no_users_is_silent(changes):
    assert "plaintext-password" not in rules(written(**changes))


WRAPPED = """
import sqlite3
from flask import Flask, request
app = Flask(__name__)

def change(sql, *values):
    with sqlite3.connect("x") as database:
        return database.execute(sql, values)

@app.post("/join")
def join():
    change("INSERT INTO users (name, password) VALUES (?, ?)", request.form["name"], {})
    return "welcome"
"""


@pytest.mark.parametrize(
    ("value", "is_found"),
    [('request.form["password"]', True), ('hash_of(request.form["password"])', False)],
)
def test_values_that_a_wrapper_takes_one_by_one_are_told_apart(value, is_found):
    assert ("plaintext-password" in rules(WRAPPED.format(value))) is is_found


@pytest.mark.parametrize(
    ("document", "is_found"),
    [
        ('{"password": request.json["password"]}', True),
        ('{"password": hash_of(request.json["password"])}', False),
        ('{"name": request.json["password"]}', False),
    ],
)
@pytest.mark.parametrize("collection", ["users", "cameras"])
def test_documents_of_users_are_looked_into(document, is_found, collection):
    text = (
        "from flask import request\n"
        f"def join(mongo):\n    mongo.db.{collection}.insert_one({document})\n"
    )

    assert ("plaintext-password" in rules(text)) is (is_found and collection == "users")


def low(line):
    text = f"""
import hashlib, bcrypt
from argon2 import PasswordHasher
from passlib.context import CryptContext
from passlib.hash import bcrypt as other
from werkzeug.security import generate_password_hash

def stored(password, salt):
    return {line}
"""
    result = audit([project({"app.py": text})])
    confidences = [
        f.confidence.name for f in result.findings if f.rule.name == "low-work-factor"
    ]
    return confidences[0] if confidences else None


@pytest.mark.parametrize(
    ("line", "confidence"),
    [
        ("bcrypt.gensalt(9)", "HIGH"),
        ("bcrypt.gensalt(10)", None),
        ("bcrypt.gensalt(rounds=salt)", None),
        ("PasswordHasher(1, 8, 1)", "HIGH"),
        ("PasswordHasher(memory_cost=19456, time_cost=2)", None),
        ("PasswordHasher(memory_cost=salt)", None),
        ("PasswordHasher()", None),
        ("hashlib.pbkdf2_hmac('sha256', password, salt, 1000)", "HIGH"),
        ("hashlib.pbkdf2_hmac('sha256', password, salt, 260_000)", "LOW"),
        ("hashlib.pbkdf2_hmac('sha512', password, salt, 210_000)", None),
        ("hashlib.pbkdf2_hmac('sha256', salt, salt, 1000)", None),
        ("hashlib.scrypt(password, salt=salt, n=2**10, r=8, p=1)", "HIGH"),
        ("hashlib.scrypt(password, salt=salt, n=2**17, r=8, p=1)", None),
        ("hashlib.scrypt(salt, salt=salt, n=2**10, r=8, p=1)", None),
        ("generate_password_hash(password, 'pbkdf2:sha256:1000')", "HIGH"),
        ("generate_password_hash(password, 'scrypt:1024:8:1')", "HIGH"),
        ("generate_password_hash(password, 'scrypt:32768:8:1')", None),
        ("generate_password_hash(password, 'pbkdf2:sha256')", None),
        ("other.using(rounds=4).hash(password)", "HIGH"),
        ("CryptContext(['bcrypt'], bcrypt__rounds=4)", "HIGH"),
        ("CryptContext(['x'], pbkdf2_sha256__default_rounds=9)", "HIGH"),
        ("CryptContext(['x'], sha512_crypt__rounds=9)", None),
    ],
)
def test_what_a_hash_costs_is_weighed(line, confidence):
    assert low(line) == confidence


@pytest.mark.parametrize(
    ("salt", "is_found"),
    [
        ("b'pepper'", True),
        ("SALT", True),
        ("app.config['PASSWORD_SALT'].encode()", True),
        ("app.config.get('PASSWORD_SALT')", True),
        ("user.salt", False),
        ("os.urandom(16)", False),
        ("app.config['OTHER']", False),
    ],
)
def test_a_salt_that_is_the_same_for_all_is_found(salt, is_found):
    text = f"""
import hashlib, os
SALT = b"pepper"

def stored(app, user, password):
    return hashlib.pbkdf2_hmac("sha256", password, {salt}, 600_000)
"""
    assert ("static-salt" in rules(text)) is is_found


def test_a_key_that_is_made_of_a_password_is_no_hash_of_it():
    text = """
import hashlib

def fernet_key(password):
    return hashlib.pbkdf2_hmac("sha256", password, b"box", 600_000)
"""
    assert "static-salt" not in rules(text)


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("log.info('%s', password)", True),
        ("log.info('%s' % (user.password,))", True),
        ("log.info('x ' + form.password.data)", True),
        ("log.info('{}'.format(request.form.get('password')))", True),
        ("log.debug(f'{reset_token!r}')", True),
        ("app.logger.info('%s', access_token)", True),
        ("print(password)", True),
        ("log.info('%s', password_hash)", False),
        ("log.info('%s', len(password))", False),
        ("log.info('%s', masked_password)", False),
        ("log.info('%s', Config.PASSWORD)", False),
        ("log.info('%s', token)", False),
        ("log.info('password')", False),
        ("audit.info(password)", False),
    ],
)
def test_a_line_that_holds_a_secret_is_found(line, is_found):
    text = f"""
import logging
from flask import Flask, request
app = Flask(__name__)
log = logging.getLogger(__name__)

@app.post("/login")
def login(password=None, user=None, form=None, reset_token=None, access_token=None, audit=None):
    {line}
    return "no"
"""
    assert ("password-in-log" in rules(text)) is is_found


def test_a_command_prints_a_password_to_who_started_it():
    text = "def create(password):\n    print(password)\n"

    assert "password-in-log" not in rules(text)


SECURITY = """
from datetime import timedelta
from flask import Flask
from flask_security import Security

app = Flask(__name__)
{}
security = Security(app)
"""


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('app.config["SECURITY_PASSWORD_LENGTH_MIN"] = 6', True),
        ('app.config["SECURITY_PASSWORD_LENGTH_MIN"] = 12', False),
        ('app.config["SECURITY_PASSWORD_LENGTH_MIN"] = least', False),
        ('app.config["SECURITY_PASSWORD_HASH"] = "plaintext"', True),
        ('app.config["SECURITY_PASSWORD_HASH"] = "argon2"', False),
        ('app.config["SECURITY_PASSWORD_CHECK_BREACHED"] = None', True),
    ],
)
def test_a_setting_of_flask_security_is_judged(line, is_found):
    assert ("weak-password-setting" in rules(SECURITY.format(line))) is is_found


@pytest.mark.parametrize(("value", "is_found"), [("6", True), ("12", False)])
def test_a_setting_in_a_file_is_judged(value, is_found):
    files = {
        "app.py": SECURITY.format(
            'app.config["SECURITY_PASSWORD_CHECK_BREACHED"] = "strict"'
        ),
        ".env": f"SECURITY_PASSWORD_LENGTH_MIN={value}\n",
    }
    names = {rule for rule, _, _ in found(files)}

    assert ("weak-password-setting" in names) is is_found


def test_what_a_whole_project_leaves_at_a_weak_default_is_said():
    files = {"app/__init__.py": SECURITY.format(""), "app/views.py": ""}

    assert "weak-password-setting" in {rule for rule, _, _ in found(files)}


def test_settings_of_an_extension_that_is_not_there_mean_nothing():
    text = SECURITY.format('app.config["SECURITY_PASSWORD_LENGTH_MIN"] = 6')
    text = text.replace(
        "from flask_security import Security", "from mine import Security"
    )

    assert "weak-password-setting" not in rules(text)


def test_what_a_base_class_sets_by_any_name_is_not_judged():
    more = """
    @classmethod
    def made(cls, **columns):
        return cls(**columns)
"""
    line = 'User.made(password=request.form["password"])'

    assert "plaintext-password" not in rules(written(more=more, line=line))


def test_values_that_a_wrapper_takes_as_one_are_followed():
    text = WRAPPED.replace("(sql, *values)", "(sql, values, one=False)").replace(
        'request.form["name"], {})', "both, True)"
    )
    pair = 'both = (request.form["name"], request.form["password"])'
    text = text.replace("    change(", f"    {pair}\n    change(")

    assert "plaintext-password" in rules(text)


def test_a_password_that_was_stored_is_told_where_it_was_stored():
    line = (
        'User.query.get(1).password = request.form["password"]\n'
        "    User.query.get(2).password = User.query.get(1).password"
    )
    source = written(line=line)
    lines = source.split("\n")

    assert [
        lines[line - 1].strip()
        for rule, _, line in found({"app.py": source})
        if rule == "plaintext-password"
    ] == ['User.query.get(1).password = request.form["password"]']
