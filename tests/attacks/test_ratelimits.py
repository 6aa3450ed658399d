"""A program tries password after password: done to a bare app, found, and stopped."""

from __future__ import annotations

import pytest

from alone import alone
from bare import client
from bare import rules
from stopper import Stopper

APP = """
from flask import Flask, request
from werkzeug.security import check_password_hash, generate_password_hash

app = Flask(__name__)
app.testing = True
KEPT = generate_password_hash("correct horse", "pbkdf2:sha256:1")

@app.post("/login")
def login():
    looked_at.append(request.form["password"])

    if check_password_hash(KEPT, request.form["password"]):
        return "in"

    return "no", 403
"""

GUESSES = [f"guess{n}" for n in range(99)] + ["correct horse"]

SPOOFS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Originating-IP", "Via")


def guess(browser, spoof=None):
    """Try all guesses, and return the status of each."""
    return [
        browser.post(
            "/login",
            data={"password": password},
            headers={spoof: f"198.51.100.{n}"} if spoof else {},
        ).status_code
        for n, password in enumerate(GUESSES)
    ]


def test_a_bare_app_looks_at_every_guess():
    looked_at: list[str] = []

    assert guess(client(APP, looked_at=looked_at))[-1] == 200
    assert looked_at == GUESSES


def test_the_audit_finds_that_nothing_counts():
    assert "login-without-limit" in rules(APP)


@pytest.mark.parametrize("spoof", [None, *SPOOFS])
def test_the_guard_lets_ten_guesses_be_looked_at(spoof):
    looked_at: list[str] = []
    browser = client(APP, looked_at=looked_at)
    Stopper(alone(browser.application, "ratelimits"))

    statuses = guess(browser, spoof)

    assert 10 <= len(looked_at) <= 12
    assert statuses[-1] == 429
