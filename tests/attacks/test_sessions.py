"""What is in a session can be read, and what is sent in clear can be copied."""

from __future__ import annotations

import base64

import pytest
from flask import Flask
from flask import session

import bare
import stopper
import stopper.testing
from projects import found

SOURCE = """\
from flask import Flask, session
app = Flask(__name__)

@app.post("/join")
def join():
    session["password"] = given()
    return "Nearly there."
"""


def test_the_session_is_signed_and_not_encrypted():
    app = Flask(__name__)
    app.secret_key = "nobody knows this: 4b1f"

    @app.post("/join")
    def join():
        session["password"] = "oars-and-sails"
        return "Nearly there."

    client = app.test_client()
    client.post("/join")
    payload = client.get_cookie("session").value.partition(".")[0]

    assert b"oars-and-sails" in base64.urlsafe_b64decode(payload + "==")
    assert ("secret-in-session", "app.py", 6) in found({"app.py": SOURCE})


def test_the_session_goes_over_plain_http():
    app = Flask(__name__)
    app.secret_key = "nobody knows this: 4b1f"
    app.get("/")(lambda: session.update(user="ada") or "Hello.")
    answer = app.test_client().get("/", base_url="http://club.org")
    files = {
        "app.py": "from flask import Flask, session\napp = Flask(__name__)\nsession['a']\n",
        "more.py": "",
    }

    assert "Secure" not in answer.headers["Set-Cookie"]
    assert ("session-cookie-never-secure", "app.py", 2) in found(files)


LOGOUT = """\
from flask import Flask, session
app = Flask(__name__)
app.secret_key = __import__("secrets").token_hex()

@app.post("/login")
def login():
    session["user_id"] = "ada"
    return "in"

@app.post("/logout")
def logout():
    session.clear()
    return "out"

@app.get("/me")
def me():
    return session.get("user_id", "nobody")
"""


def copied_cookie(app):
    """Log in, copy the cookie, log out, and say who the copy is taken for."""
    victim, thief = stopper.testing.client(app), stopper.testing.client(app)
    line = victim.post("/login").headers["Set-Cookie"]
    name, _, value = line.partition(";")[0].partition("=")
    victim.post("/logout")
    thief.set_cookie(name, value, domain="notes.example", secure=True)
    return thief.get("/me").text


def made(guarded):
    app = bare.app(LOGOUT)
    app.config.update(STOPPER_ORIGIN="https://notes.example", STOPPER_STORE="memory:")
    app.config["STOPPER_AUTHORIZATION_MODE"] = "off"

    if guarded:
        stopper.Stopper(app)

    return app


def test_a_cookie_copied_before_the_logout_works_on_the_bare_app():
    assert copied_cookie(made(guarded=False)) == "ada"


def test_the_audit_finds_the_logout_that_ends_nothing():
    assert ("cookie-outlives-logout", "app.py", 12) in found({"app.py": LOGOUT})


def test_the_audit_is_content_with_a_guard_that_enforces():
    text = LOGOUT + "from stopper import Stopper\nStopper(app)\n"
    reported = text + 'app.config["STOPPER_MODE"] = "report"\n'

    assert "cookie-outlives-logout" not in {f[0] for f in found({"app.py": text})}
    assert "cookie-outlives-logout" in {f[0] for f in found({"app.py": reported})}


def test_the_guard_ends_the_session_with_the_logout():
    assert copied_cookie(made(guarded=True)) == "nobody"


BELIEVED = """
from flask import Flask, request, session
app = Flask(__name__)
app.secret_key = __import__("secrets").token_hex()
TENANTS = {"north": 1}

@app.post("/prefer")
def prefer():
    STATEMENT
    return "Kept."

@app.get("/")
def index():
    return {"user": session.get("user_id"), "tenant": session.get("tenant_id")}
"""


@pytest.mark.parametrize(
    "statement",
    [
        'session[request.form["name"]] = request.form["value"]',
        'session["user_id"] = request.form["value"]',
        "session.update(request.form)",
    ],
)
def test_a_request_that_writes_into_the_session_says_who_it_is(statement):
    source = BELIEVED.replace("STATEMENT", statement)
    visitor = bare.client(source)
    form = {"name": "user_id", "value": "1", "user_id": "1"}
    visitor.post("/prefer", data=form)
    assert visitor.get("/").json["user"] == "1"
    assert "request-in-session" in bare.rules(source)


def test_what_the_app_looked_up_is_believed_and_is_silent():
    source = BELIEVED.replace(
        "STATEMENT", 'session["tenant_id"] = TENANTS.get(request.form["value"])'
    )
    visitor = bare.client(source)
    visitor.post("/prefer", data={"value": "other"})
    assert visitor.get("/").json == {"user": None, "tenant": None}
    assert "request-in-session" not in bare.rules(source)
