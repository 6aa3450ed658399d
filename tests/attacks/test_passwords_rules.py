"""Who reads the table, or the log, has the passwords: done to bare apps, and found."""

from __future__ import annotations

import logging
import sqlite3
import time

import bcrypt

from bare import app
from bare import client
from bare import rules

JOIN = """
import sqlite3
from flask import Flask, request
app = Flask(__name__)

@app.post("/join")
def join():
    with sqlite3.connect(kept) as database:
        database.execute(
            "INSERT INTO users (name, password) VALUES (?, ?)",
            (request.form["name"], request.form["password"]),
        )
    return "welcome"
"""

SALTED = """
import hashlib
from flask import Flask, request
app = Flask(__name__)

@app.post("/join")
def join():
    password = request.form["password"]
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"pepper", 600_000).hex()
"""

CHEAP = """
import bcrypt
from flask import Flask, request
app = Flask(__name__)

@app.post("/join")
def join():
    password = request.form["password"].encode()
    return bcrypt.hashpw(password, bcrypt.gensalt(4))
"""

LOGS = """
from flask import Flask, request
app = Flask(__name__)

@app.post("/login")
def login():
    password = request.form["password"]
    app.logger.warning("wrong password %s", password)
    return "no", 403
"""

GUESSES = [f"guess{n}" for n in range(60)] + ["correct horse"]


def test_who_reads_the_table_has_the_passwords(tmp_path):
    kept = tmp_path / "app.db"

    with sqlite3.connect(kept) as database:
        database.execute("CREATE TABLE users (name, password)")

    client(JOIN, kept=kept).post(
        "/join", data={"name": "a", "password": "correct horse"}
    )

    assert b"correct horse" in kept.read_bytes()
    assert "plaintext-password" in rules(JOIN)


def test_equal_passwords_show_by_one_salt():
    browser = client(SALTED)
    one, other = (browser.post("/join", data={"password": "x" * 15}).text for _ in "ab")

    assert one == other
    assert "static-salt" in rules(SALTED)


def test_a_cheap_hash_is_guessed_from_a_list():
    stolen = client(CHEAP).post("/join", data={"password": GUESSES[-1]}).data
    begun = time.perf_counter()
    found = next(g for g in GUESSES if bcrypt.checkpw(g.encode(), stolen))
    cheap = time.perf_counter() - begun

    begun = time.perf_counter()
    bcrypt.hashpw(b"one", bcrypt.gensalt(12))
    dear = time.perf_counter() - begun

    assert found == GUESSES[-1]
    # The whole list takes less than one guess at the library's default.
    assert cheap < dear
    assert "low-work-factor" in rules(CHEAP)


def test_a_log_holds_what_was_typed(caplog):
    with caplog.at_level(logging.WARNING):
        app(LOGS).test_client().post("/login", data={"password": "correct horse"})

    assert "correct horse" in caplog.text
    assert "password-in-log" in rules(LOGS)
