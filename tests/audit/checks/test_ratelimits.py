"""Which logins nothing counts the tries of."""

from __future__ import annotations

import pytest

from projects import found

APP = """
from flask import Flask, request
from werkzeug.security import check_password_hash
app = Flask(__name__)

@app.post("/login")
def login():
    return str(check_password_hash("", request.form["password"]))
"""


def rules(source):
    return {rule for rule, _, _ in found({"app.py": source})}


def test_a_login_that_nothing_limits_is_found():
    assert "login-without-limit" in rules(APP)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("app = ", "from flask_limiter import Limiter\napp = "),
        ("app = ", "from stopper import Stopper\napp = "),
        ("def login", "@rate_limited(5)\ndef login"),
        ("    return", "    too_many_failures(request)\n    return"),
        ("    return", "    if failed_login_count() > 5: abort(429)\n    return"),
        ("    return", "    check_captcha()\n    return"),
        ("app.post", "app.get"),
        ("/login", "/lodge"),
    ],
)
def test_a_login_that_something_counts_and_another_view_are_none(old, new):
    text = APP.replace(old, new, 1)

    if new == "/lodge":
        text = text.replace("def login", "def lodge")

    assert text != APP
    assert "login-without-limit" not in rules(text)


def test_a_limit_of_a_query_counts_no_tries():
    text = APP.replace("    return", '    run("SELECT * FROM x LIMIT 1")\n    return')

    assert "login-without-limit" in rules(text)


def test_a_registration_is_no_guess():
    text = APP.replace("/login", "/register").replace("def login", "def register")

    assert "login-without-limit" not in rules(text)
