"""Links and answers that give accounts away: done to bare apps, and found."""

from __future__ import annotations

import time

import itsdangerous.timed
import pytest

from bare import client
from bare import rules

RESET = """
from flask import Flask, request
from itsdangerous import URLSafeTimedSerializer
app = Flask(__name__)
links = URLSafeTimedSerializer("k4vbX0tJp2-a-key-of-some-length", salt="reset")
passwords = {"ada": "old"}

def reset_token(name):
    return links.dumps(name)

@app.post("/forgot")
def forgot():
    mailed.append(request.host_url + "reset/" + reset_token(request.form["name"]))
    send_mail(request.form["name"], mailed[-1])
    return "A mail is on its way if there is an account."

@app.post("/reset/<token>")
def reset(token):
    name = links.loads(token)
    passwords[name] = request.form["password"]
    return passwords[name]
"""

LOGIN = """
from flask import Flask, request
app = Flask(__name__)
people = {"ada": "correct horse"}

@app.post("/login")
def login():
    if request.form["name"] not in people:
        return "There is no user with this name."

    if people[request.form["name"]] != request.form["password"]:
        return "The password is wrong."

    return "Welcome."
"""


def browser(mailed):
    return client(RESET, mailed=mailed, send_mail=lambda to, link: None)


@pytest.fixture
def token():
    mailed: list[str] = []
    browser(mailed).post("/forgot", data={"name": "ada"})
    return mailed[0].rpartition("/")[2]


def test_a_link_of_years_ago_sets_a_password(monkeypatch, token):
    # The clock is itsdangerous's own: the app takes it from there.
    later = time.time() + 5 * 365 * 86400
    monkeypatch.setattr(itsdangerous.timed.time, "time", lambda: later)

    answer = browser([]).post(f"/reset/{token}", data={"password": "mine"})

    assert answer.text == "mine"
    assert "reset-token-without-expiry" in rules(RESET)


def test_a_used_link_sets_a_password_again(token):
    asked = browser([])
    answers = [
        asked.post(f"/reset/{token}", data={"password": word}).text
        for word in ("theirs", "mine")
    ]

    assert answers == ["theirs", "mine"]
    assert "reusable-reset-token" in rules(RESET)


def test_a_foreign_host_header_is_mailed():
    mailed: list[str] = []
    browser(mailed).post(
        "/forgot", data={"name": "ada"}, headers={"Host": "evil.example"}
    )

    assert mailed[0].startswith("http://evil.example/reset/")
    assert "reset-link-from-host" in rules(RESET)


def test_a_login_tells_who_has_an_account():
    asked = client(LOGIN)
    known, unknown = (
        asked.post("/login", data={"name": name, "password": "x"}).text
        for name in ("ada", "nobody")
    )

    assert known != unknown
    assert "account-enumeration" in rules(LOGIN)
