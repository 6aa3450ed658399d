"""Cookies, their flags, their time, and what they hold."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit

VIEW = "from flask import Flask, session\n\ndef view(response):\n    {line}\n"


def rules(files, name):
    return {(file, line) for rule, file, line in found(files) if rule == name}


@pytest.mark.parametrize(
    ("flags", "missing"),
    [
        ("", "Secure, HttpOnly and SameSite"),
        (", secure=True", "HttpOnly and SameSite"),
        (", secure=False, httponly=True, samesite='Lax'", "Secure"),
        (", secure=request.is_secure, httponly=True, samesite=None", "SameSite"),
    ],
)
def test_the_missing_flags_are_named(flags, missing):
    text = VIEW.format(line=f'response.set_cookie("auth", "x"{flags})')
    messages = [f.message for f in audit([project({"app.py": text})]).findings]

    assert messages == [f"The cookie is set without {missing}."]


@pytest.mark.parametrize(
    "line",
    [
        'response.set_cookie("auth", "x", secure=True, httponly=True, samesite="Lax")',
        'response.set_cookie("auth", "", expires=0)',
        'response.set_cookie("auth", "", max_age=0)',
        'response.set_cookie("auth", "x", **options)',
        'response.set_cookie("csrf_token", "x", secure=True, samesite="Lax")',
        "jar.set_cookie(cookie)",
    ],
)
def test_a_cookie_with_its_flags_is_left_alone(line):
    assert rules({"app.py": VIEW.format(line=line)}, "cookie-without-flags") == set()


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("config.py", "SESSION_COOKIE_SECURE = False\n", "weak-session-cookie"),
        (
            "config.py",
            'SESSION_COOKIE_SAMESITE = "None"\n',
            "session-cookie-without-samesite",
        ),
        (
            "deploy/app.cfg",
            "SESSION_COOKIE_HTTPONLY = False\n",
            "session-cookie-without-httponly",
        ),
        (".env", "FLASK_SESSION_COOKIE_SECURE=false\n", "weak-session-cookie"),
    ],
)
def test_a_protection_that_is_off_is_found(file, text, rule):
    assert rules({file: text}, rule) == {(file, 1)}


FLAGS = """
from flask import Flask, current_app, request, session
from .flags import OFF, ON, options

def view(response, user):
    {line}
"""

MODULE = """
OFF = False
ON = True

def options(secure=True):
    return {"secure": secure, "httponly": True, "samesite": "Lax"}
"""


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("response.set_cookie('sid', user.id, secure=OFF)", True),
        ("response.set_cookie('sid', user.id, secure=ON)", False),
        ("response.set_cookie('sid', user.id, **options(OFF))", True),
        ("response.set_cookie('sid', user.id, **options())", False),
        ("response.set_cookie('sid', user.id, **dict(secure=False))", True),
        ("response.set_cookie('sid', user.id, **unknown())", False),
        ("response.set_cookie('sid', user.id, secure=ON and user.wants)", False),
        ("response.set_cookie('sid', user.id, secure=ON if user.old else OFF)", True),
        ("response.set_cookie('sid', user.id, secure=not current_app.debug)", False),
        (
            "response.set_cookie('sid', user.id, secure=False if app.debug else True)",
            False,
        ),
    ],
)
def test_a_flag_is_followed_to_where_it_is_switched_off(line, is_found):
    files = {"app/views.py": FLAGS.format(line=line), "app/flags.py": MODULE}
    files["app/__init__.py"] = ""

    assert bool(rules(files, "cookie-without-flags")) is is_found


@pytest.mark.parametrize(
    ("config", "is_found"),
    [
        ("COOKIE_SECURE = False\n", True),
        ("COOKIE_SECURE = True\n", False),
        ("class DevConfig:\n    COOKIE_SECURE = False\n", False),
        ("import os\nCOOKIE_SECURE = os.environ['SECURE']\n", False),
        ("", False),
    ],
)
def test_a_flag_that_a_setting_says_is_off_where_the_setting_is(config, is_found):
    line = "response.set_cookie('sid', user.id, secure=current_app.config['COOKIE_SECURE'])"
    files = {"views.py": FLAGS.format(line=line), "config.py": config}

    assert bool(rules(files, "cookie-without-flags")) is is_found


@pytest.mark.parametrize(
    ("flags", "rule"),
    [
        ("secure=True, samesite='Lax'", "cookie-without-httponly"),
        ("secure=True, httponly=True", "cookie-without-samesite"),
    ],
)
def test_each_flag_has_a_rule_of_its_own(flags, rule):
    text = VIEW.format(line=f'response.set_cookie("auth", "x", {flags})')

    assert {r for r, _, _ in found({"app.py": text})} == {rule}


def test_development_may_do_without():
    text = "class DevConfig:\n    SESSION_COOKIE_SECURE = False\n"

    assert rules({"config.py": text}, "weak-session-cookie") == set()


APP = (
    'from flask import Flask, session\napp = Flask(__name__)\nuser = session["user"]\n'
)


def test_a_whole_app_gets_one_note():
    files = {"app.py": APP, "more.py": 'from flask import session\nsession["a"]\n'}

    assert rules(files, "session-cookie-never-secure") == {("app.py", 2)}


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": APP},
        {"app.py": APP, "config.py": "SESSION_COOKIE_SECURE = True\n"},
        {"app.py": APP, "app.cfg": "SESSION_COOKIE_SECURE = True\n"},
        {"app.py": APP, "more.py": "import flask_talisman\n"},
        {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "b.py": ""},
    ],
)
def test_an_app_that_may_have_it_is_left_alone(files):
    assert rules(files, "session-cookie-never-secure") == set()


@pytest.mark.parametrize(
    ("value", "is_found"),
    [
        ("timedelta(days=3650)", True),
        ("timedelta(weeks=100)", True),
        ("60 * 60 * 24 * 365", True),
        ("timedelta(days=30)", False),
        ("timedelta(hours=DAYS)", False),
        ("3600", False),
    ],
)
def test_a_lifetime_is_counted(value, is_found):
    text = f"from datetime import timedelta\nPERMANENT_SESSION_LIFETIME = {value}\n"

    assert bool(rules({"config.py": text}, "unbounded-session")) == is_found


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ('session["password"] = form.password.data', True),
        ('session["totp_secret"] = secret', True),
        ('session["user_id"] = user.id', False),
        ('session["otp"] = True', False),
        ('session["password"] = None', False),
        ('cache["password"] = value', False),
    ],
)
def test_a_secret_in_the_session_is_found(line, is_found):
    files = {"app.py": VIEW.format(line=line)}

    assert bool(rules(files, "secret-in-session")) == is_found


def test_a_session_on_the_server_may_hold_it():
    text = VIEW.format(line='session["password"] = value') + "import flask_session\n"

    assert rules({"app.py": text}, "secret-in-session") == set()


LOGIN = """
import html
from flask import Flask, g, request, session
app = Flask(__name__)

@app.post("/login")
def login():
    name = request.form["name"]
    row = find(name)
    {lines}
    return ""
"""


@pytest.mark.parametrize(
    ("lines", "is_found"),
    [
        ("session['user'] = name", True),
        (
            "if row['password'] == request.form['password']: session['user'] = name",
            False,
        ),
        ("if matches(row, request.form['password']): session['user'] = name", False),
        # No password proves that somebody is an administrator.
        ("if matches(row): session['role'] = request.form['role']", True),
        # A choice is one in whatever form it comes.
        ("session['user_id'] = int(request.form['id'])", True),
        ("session['user'] = html.escape(name.strip())", True),
        ("session['user'] = look_up(name)", False),
        ("session[name] = 1", True),
        ("session[row.id] = 1", False),
    ],
)
def test_what_a_password_proved_may_be_in_the_session(lines, is_found):
    text = LOGIN.format(lines=lines)

    assert bool(rules({"app.py": text}, "request-in-session")) is is_found


def test_what_another_request_kept_names_nothing_here():
    text = """
from flask import Flask, g, request, session
app = Flask(__name__)

@app.post("/make")
def make():
    g.project = request.form["id"]
    return ""

@app.get("/open")
def open_():
    session[g.project] = True
    return ""
"""
    assert rules({"app.py": text}, "request-in-session") == set()
