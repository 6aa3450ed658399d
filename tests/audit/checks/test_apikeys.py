"""Which keys stand in URLs, in tables as they are, or have no end."""

from __future__ import annotations

import pytest

from projects import found


def rules(source):
    return {rule for rule, _, _ in found({"app.py": source})}


@pytest.mark.parametrize(
    ("name", "read", "is_found"),
    [
        ("boats", 'request.args.get("api_key")', True),
        ("boats", 'request.args["apikey"]', True),
        ("boats", 'request.values.get("access_token")', True),
        ("boats", 'request.headers.get("api_key")', False),
        ("boats", 'request.form.get("api_key")', False),
        ("boats", 'request.args.get("token")', False),
        ("boats", 'request.args.get("page")', False),
        ("token_required", 'request.args.get("token")', True),
        ("verify_email_token", 'request.args.get("token")', False),
    ],
)
def test_a_key_that_a_url_brings_is_found(name, read, is_found):
    text = f"from flask import request\ndef {name}():\n    return {read}\n"

    assert ("apikey-in-url" in rules(text)) is is_found


TABLE = """
from flask import request
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()

class {model}(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    {column} = db.Column(db.String(64))
    {more}

def whose(key, row):
    {first}
    return {lookup}
"""

KEPT = {
    "model": "User",
    "column": "api_key",
    "more": "",
    "first": "pass",
    "lookup": "User.query.filter_by(api_key=key).first()",
}


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        (
            {"lookup": "db.session.execute(select(User).where(User.api_key == key))"},
            True,
        ),
        ({"lookup": 'mongo.db.users.find_one({"api_key": key})'}, True),
        (
            {"lookup": "ApiKey.query.filter_by(key=key).first()", "model": "ApiKey"},
            True,
        ),
        ({"first": "key = sha256(key).hexdigest()"}, False),
        ({"first": "# a hash"}, True),
        ({"lookup": "User.query.filter_by(api_key=None).first()"}, False),
        ({"lookup": "User.query.filter_by(api_key=row.api_key).first()"}, False),
        ({"lookup": "User.query.filter_by(api_key_hash=key).first()"}, False),
        ({"lookup": "User.query.filter_by(name=key).first()"}, False),
        ({"lookup": "Boat.query.filter_by(key=key).first()"}, False),
    ],
)
def test_a_row_that_is_found_by_the_key_itself_is_found(changes, is_found):
    text = TABLE.format(**(KEPT | changes)).replace("# a hash", "pass  # a hash")

    assert ("apikey-in-plain" in rules(text)) is is_found


@pytest.mark.parametrize(
    ("model", "more", "is_found"),
    [
        ("ApiKey", "", True),
        ("PersonalAccessToken", "", True),
        ("ApiKey", "expires = db.Column(db.DateTime)", False),
        ("ApiKey", "valid_until = db.Column(db.DateTime)", False),
        ("ApiKey", "# expires never", True),
        ("Boat", "", False),
    ],
)
def test_a_table_of_keys_without_an_end_is_found(model, more, is_found):
    text = TABLE.format(**(KEPT | {"model": model, "more": more, "lookup": "None"}))

    assert ("apikey-without-expiry" in rules(text)) is is_found


def test_a_class_of_that_name_that_is_no_table_is_silent():
    assert "apikey-without-expiry" not in rules("class ApiKey:\n    length = 20\n")


@pytest.mark.parametrize(
    ("library", "key", "value", "is_found"),
    [
        ("flask_jwt_extended", "JWT_ACCESS_TOKEN_EXPIRES", "False", True),
        ("flask_jwt_extended", "JWT_ACCESS_TOKEN_EXPIRES", "timedelta(days=7)", True),
        ("flask_jwt_extended", "JWT_ACCESS_TOKEN_EXPIRES", "timedelta(hours=1)", False),
        ("flask_jwt_extended", "JWT_REFRESH_TOKEN_EXPIRES", "False", True),
        ("flask_jwt_extended", "JWT_TOKEN_LOCATION", '"query_string"', True),
        ("flask_jwt_extended", "JWT_TOKEN_LOCATION", '["headers", "cookies"]', False),
        ("flask_jwt_extended", "JWT_COOKIE_CSRF_PROTECT", "False", True),
        ("flask_security", "SECURITY_TOKEN_MAX_AGE", "None", True),
        ("flask_security", "SECURITY_TOKEN_MAX_AGE", "900", False),
        ("flask_login", "JWT_ACCESS_TOKEN_EXPIRES", "False", False),
    ],
)
def test_a_setting_of_tokens_is_judged(library, key, value, is_found):
    text = f"""
from datetime import timedelta
from flask import Flask
import {library}
app = Flask(__name__)
app.config[{key!r}] = {value}
"""
    assert ("weak-token-setting" in rules(text)) is is_found
