"""A program's key is stolen, copied, guessed or kept too long: done to a bare app, and stopped."""

from __future__ import annotations

import logging
import sqlite3

import pytest
from flask import Flask

from bare import client as bare_client
from stopper import current_key
from stopper import Stopper
from stopper.accounts import Accounts
from stopper.controls.apikeys.policy import parsed
from stopper.guard.apikeys.wishes import Wish
from stopper.testing import client

#: As it is shown again and again: keys as they are in a table, in the query, for all.
BARE = """
import sqlite3
from flask import Flask, request, session

app = Flask(__name__)
app.secret_key = "for these tests alone"
app.testing = True
table.execute("CREATE TABLE keys (key TEXT, user TEXT)")
table.execute("INSERT INTO keys VALUES ('key-of-ann', 'ann')")

def who():
    key = request.args.get("api_key") or request.headers.get("X-API-Key")
    row = table.execute("SELECT user FROM keys WHERE key = ?", [key]).fetchone()
    return row[0] if row else session.get("user")

@app.get("/login")
def login():
    session["user"] = "ann"
    return "in"

@app.get("/notes")
def notes():
    app.logger.warning("notes: %s", request.url)
    return (who(), 200) if who() else ("no", 401)

@app.post("/notes")
def write():
    return (who(), 200) if who() else ("no", 401)
"""

DAY = 86_400


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def bare():
    table = sqlite3.connect(":memory:")
    browser = bare_client(BARE, table=table)
    browser.table = table
    yield browser
    table.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(tmp_path, clock):
    app = Flask("guarded", instance_path=str(tmp_path))
    app.testing = True
    app.config.update(
        SECRET_KEY="a key for these tests alone",
        STOPPER_APIKEY_SCOPES={"notes:read": "Read", "notes:write": "Write"},
    )
    stopper = Stopper(app, clock=clock)
    app.add_url_rule(
        "/notes", "notes", stopper.apikey("notes:read")(lambda: current_key.user)
    )
    app.add_url_rule(
        "/notes",
        "write",
        stopper.apikey("notes:write")(lambda: current_key.user),
        methods=["POST"],
    )
    Accounts(app)
    ours = app.extensions["stopper.accounts"]

    with ours.database.writing() as sql:
        facts = {"address": "ann@a.example", "address_key": "ann@a.example"}
        sql.add(ours.tables.user(id="ann", created_at=1.0, **facts))

    return app


@pytest.fixture
def keys(app):
    return app.extensions["stopper.accounts"].apikeys


@pytest.fixture
def key(keys):
    return keys.make("ann", Wish(scopes=("notes:read",))).key


@pytest.fixture
def send(app):
    program = client(app, browser=False)

    def send(key, method="GET", path="/notes", **more):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return program.open(path, method=method, headers=headers, **more)

    return send


def test_who_reads_a_bare_table_has_the_keys(bare):
    stolen = bare.table.execute("SELECT key FROM keys").fetchone()[0]

    assert bare.get("/notes", headers={"X-API-Key": stolen}).text == "ann"


def test_who_reads_our_table_has_nothing(keys, key, send):
    row = keys.listed()[0]
    tries = [row.hash.hex(), f"stp_{row.id}_{row.hash.hex()[:36]}", row.id]

    assert send(key).text == "ann"
    assert {send(one).status_code for one in tries} == {401}


def test_a_key_in_the_address_is_in_the_log_of_a_bare_app(bare, caplog):
    assert bare.get("/notes?api_key=key-of-ann").text == "ann"
    assert "key-of-ann" in caplog.text


def test_a_key_in_the_address_is_in_no_log_of_ours_and_is_worth_nothing(
    key, send, caplog
):
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    answer = send(None, path=f"/notes?api_key={key}")

    assert answer.status_code == 400
    assert parsed(key).secret not in caplog.text
    assert send(key).status_code == 401


def test_a_key_of_a_bare_app_works_for_good_and_for_everything(bare):
    sent = {"X-API-Key": "key-of-ann"}

    assert bare.post("/notes", headers=sent).status_code == 200


def test_a_key_of_ours_ends_and_does_what_it_is_for(key, send, clock):
    assert send(key, "POST").status_code == 403

    clock.now += 90 * DAY

    assert send(key).status_code == 401


def test_a_cookie_opens_the_api_of_a_bare_app_to_other_sites(bare):
    bare.get("/login")
    answer = bare.post("/notes", headers={"Origin": "https://evil.example"})

    assert answer.text == "ann"


def test_a_cookie_opens_no_route_that_takes_keys(app):
    browser = client(app)
    app.add_url_rule("/in", "in", Stopper().public(log_in))
    browser.get("/in")

    assert browser.get("/notes").status_code == 401
    browser.page = "https://evil.example"
    assert browser.post("/notes").status_code == 401


def log_in():
    from flask import session

    session["_user_id"] = "ann"
    return "in"


def test_a_bare_app_evaluates_every_guess(bare):
    tries = [bare.get("/notes", headers={"X-API-Key": f"{n}"}) for n in range(60)]

    assert {answer.status_code for answer in tries} == {401}


def test_guesses_are_slowed_and_the_owner_is_not_locked_out(key, send):
    tries = [send(f"{key[:-9]}{n:09}").status_code for n in range(60)]

    assert tries[-1] == 429
    assert send(key).status_code == 200


def test_a_stolen_token_is_worth_little(key, keys, send, clock):
    token = send(key, "POST", "/account/token").json["access_token"]

    assert send(token).text == "ann"
    assert send(token, "POST", "/account/token").status_code == 401

    clock.now += 900

    assert send(token).status_code == 401


@pytest.mark.parametrize("alg", ["none", "None", "HS256", "RS256"])
def test_a_token_that_names_its_own_algorithm_is_none(key, send, alg):
    import base64
    import json

    def encoded(said):
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

    token = send(key, "POST", "/account/token").json["access_token"]
    body = token.split(".")[1]
    forged = f"{encoded({'alg': alg, 'typ': 'JWT'})}.{body}."

    assert send(forged).status_code == 401
    assert send(forged + token.split(".")[2]).status_code == 401
