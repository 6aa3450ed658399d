"""What the access log of a real gunicorn holds of keys, and one key in many threads."""

from __future__ import annotations

import contextlib
import http.client
import json

import pytest

from servers import folder
from servers import free_port
from servers import gunicorn
from servers import HOST
from stopper.controls.apikeys.policy import keys_in
from stopper.controls.apikeys.policy import parsed

APP = """\
import os
from flask import Flask
from alone import alone
from stopper import current_key, Stopper
from stopper.accounts import Accounts
from stopper.guard.accounts.service import service
from stopper.guard.apikeys.wishes import Wish

app = alone(Flask("keys", instance_path=os.environ["HOME"]), "sessions", "csrf")
app.config.update(SECRET_KEY="a key for these tests alone", STOPPER_ORIGIN="https://a.example")
stopper = Stopper(app)
Accounts(app, mail=bool)

@app.post("/make")
def make():
    return service().apikeys.make(user(), Wish()).key

def user():
    ours = service()

    with ours.database.writing() as sql:
        ann = ours.people.by_address(sql, "ann@a.example")
        return (ann or ours.people.add(sql, "ann@a.example", None, "", ours.now)).id

@app.get("/api")
@stopper.apikey()
def api():
    return current_key.user

@app.post("/revoke/<id>")
def revoke(id):
    return str(service().apikeys.revoke(id))

@app.get("/used/<user>")
def used(user):
    service().apikeys.checks.uses.wait()
    return [[row.used_at, row.used_from] for row in service().apikeys.listed(user)]
"""


@contextlib.contextmanager
def serving():
    """Serve the app; give the port, and the text of the access log once it is over."""
    port, lines = free_port(), []

    with folder() as home:
        (home / "keys.py").write_text(APP)
        log = home / "access.log"
        options = ("--access-logfile", str(log), "--workers", "2", "--threads", "2")

        with gunicorn(home, "keys:app", port, *options, env={"HOME": str(home)}):
            yield port, lines

        # A line is written behind the answer, and all of them are at the end.
        lines.extend(log.read_text().splitlines())


@pytest.fixture(scope="module")
def server():
    with serving() as (port, _):
        yield port


def ask(port, method, path, key=""):
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture
def key(server):
    return ask(server, "POST", "/make")[1]


@pytest.fixture
def user(server, key):
    return ask(server, "GET", "/api", key)[1]


def test_the_access_log_holds_no_key():
    with serving() as (port, lines):
        for path in ("/api?key={}", "/nowhere/{}"):
            key = ask(port, "POST", "/make")[1]
            id = parsed(key).id
            assert ask(port, "GET", path.format(key))[0] == 400

    text = "\n".join(lines)

    assert list(keys_in(text)) == []
    assert parsed(key).secret not in text
    assert '"GET /api?a-key-was-here HTTP/1.1" 400' in text
    assert f'"GET /nowhere/stp_{id}_removed HTTP/1.1" 400' in text


def test_a_key_that_is_revoked_in_one_process_is_so_in_all(server, key, user):
    assert {ask(server, "GET", "/api", key) for _ in range(20)} == {(200, user)}

    ask(server, "POST", f"/revoke/{parsed(key).id}")

    assert {ask(server, "GET", "/api", key)[0] for _ in range(20)} == {401}


def test_a_use_is_written_behind_the_answer(server, key, user):
    ask(server, "GET", "/api", key)

    # Whichever process it was: what one has not written yet, the next question shows.
    for _ in range(20):
        found = json.loads(ask(server, "GET", f"/used/{user}")[1])

        if any(at is not None for at, _ in found):
            break

    assert HOST in [place for _, place in found]
