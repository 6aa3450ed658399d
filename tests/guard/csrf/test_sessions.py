"""Beside our own sessions, a token belongs to the login."""

from __future__ import annotations

import re

from flask import session

from guard.csrf.conftest import HOME
from stopper import Stopper

FOUND = re.compile(r'name="csrf_token" value="([\w-]{86})"')
FORM = '<form method="post"></form>'


def start(make, folder):
    (folder / "page.html").write_text(FORM)
    app = make("sessions", TESTING=True)
    stopper = Stopper(app)

    @stopper.identity
    def who():
        return session.get("user")

    @app.post("/login")
    def login():
        session["user"] = "ann"
        return "in"

    @app.post("/logout")
    def logout():
        session.clear()
        return "out"

    return app


def token(client):
    return FOUND.search(client.get("/page.html", base_url=HOME).text)[1]


def post(client, address, text):
    return client.post(address, data={"csrf_token": text}, base_url=HOME).status_code


def test_a_visitor_s_token_needs_no_session(make, folder):
    client = start(make, folder).test_client()
    page = client.get("/page.html", base_url=HOME)

    assert [c.partition("=")[0] for c in page.headers.getlist("Set-Cookie")] == [
        "__Host-csrf"
    ]


def test_a_token_lives_as_long_as_the_login(make, folder):
    client = start(make, folder).test_client()
    before = token(client)
    assert post(client, "/login", before) == 200

    during = token(client)
    assert post(client, "/a", before) == 403
    assert post(client, "/a", during) == 200
    assert post(client, "/logout", during) == 200

    assert post(client, "/a", during) == 403
    assert post(client, "/login", token(client)) == 200
    assert post(client, "/a", during) == 403


def test_the_token_of_another_login_of_the_same_user_is_refused(make, folder):
    app = start(make, folder)
    one, other = app.test_client(), app.test_client()

    for client in (one, other):
        assert post(client, "/login", token(client)) == 200

    assert post(other, "/a", token(one)) == 403
    assert post(one, "/a", token(one)) == 200
