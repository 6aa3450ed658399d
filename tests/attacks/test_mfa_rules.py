"""Second factors that can be used twice, or left out: done to bare apps, and found."""

from __future__ import annotations

import time

import pyotp

from bare import client
from bare import rules

CODES = """
import pyotp
from flask import Flask, request
app = Flask(__name__)
SECRET = pyotp.random_base32()

def right(code):
    return pyotp.TOTP(SECRET).verify(code, valid_window=10)

@app.post("/code")
def code():
    return "in" if right(request.form["code"]) else ("no", 403)
"""

SKIPPED = """
from flask import Flask, redirect, request, session
app = Flask(__name__)
app.secret_key = "k4vbX0tJp2-a-key-of-some-length"
people = {"ada": {"password": "correct horse", "totp_enabled": True}}

@app.post("/login")
def login():
    user = people.get(request.form["name"])

    if user is None or user["password"] != request.form["password"]:
        return "no", 403

    session["user"] = request.form["name"]

    if user["totp_enabled"]:
        return redirect("/two-factor")

    return redirect("/")

@app.get("/account")
def account():
    if "user" not in session:
        return "no", 403

    return "the account of " + session["user"]
"""


def test_a_code_that_was_seen_works_again():
    browser = client(CODES)
    secret = browser.application.view_functions["code"].__globals__["SECRET"]
    code = pyotp.TOTP(secret).now()

    answers = [browser.post("/code", data={"code": code}).text for _ in range(3)]

    assert answers == ["in"] * 3
    assert "totp-without-replay-check" in rules(CODES)


def test_a_code_of_minutes_ago_works():
    browser = client(CODES)
    secret = browser.application.view_functions["code"].__globals__["SECRET"]
    old = pyotp.TOTP(secret).at(int(time.time()) - 9 * 30)

    assert browser.post("/code", data={"code": old}).text == "in"
    assert "totp-wide-window" in rules(CODES)


def test_who_has_the_password_walks_past_the_second_factor():
    browser = client(SKIPPED)
    answer = browser.post("/login", data={"name": "ada", "password": "correct horse"})

    assert answer.location == "/two-factor"
    assert browser.get("/account").text == "the account of ada"
    assert "mfa-skippable" in rules(SKIPPED)
