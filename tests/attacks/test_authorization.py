"""What is not allowed is done all the same: on a bare app, found in its source, refused."""

import pytest

import bare
from alone import alone
from bare import client
from bare import rules
from stopper import Stopper
from stopper.testing import Client

GUARD = """
from functools import wraps
from flask import Flask, abort, session
app = Flask(__name__)
app.secret_key = key

def members(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "user" not in session:
            abort(401)
        return view(*args, **kwargs)
    return inner
"""

ABOVE = (
    GUARD
    + """
@members
@app.get("/backup")
def backup():
    return "everything"
"""
)

BELOW = (
    GUARD
    + """
@app.get("/backup")
@members
def backup():
    return "everything"
"""
)

FORGOTTEN = (
    GUARD
    + """
@app.get("/notes")
@members
def listing():
    return "all"

@app.get("/notes/<int:id>")
@members
def show(id):
    return "one"

@app.post("/notes")
@members
def create():
    return "made"

@app.post("/notes/<int:id>/wipe")
def wipe(id):
    return "gone"
"""
)


def status(source: str, path: str, method: str = "GET") -> int:
    return client(source, key="of this test").open(path, method=method).status_code


def test_a_guard_above_the_route_lets_everyone_in():
    assert status(ABOVE, "/backup") == 200
    assert "guard-above-route" in rules(ABOVE)


def test_a_guard_below_the_route_lets_no_stranger_in():
    assert status(BELOW, "/backup") == 401
    assert "guard-above-route" not in rules(BELOW)


@pytest.mark.parametrize(("path", "code"), [("/notes/1/wipe", 200), ("/notes", 401)])
def test_the_view_without_the_guard_of_its_siblings_is_open(path, code):
    assert status(FORGOTTEN, path, "POST") == code
    assert "unguarded-sibling" in rules(FORGOTTEN)


WEAK = """
import os
from flask import Flask, abort, redirect, request, session
app = Flask(__name__)
app.secret_key = key
os.environ.pop("RELOAD_KEY", None)


def is_admin():
    return session.get("role") == "admin"


@app.get("/dropped")
def dropped():
    if "user" not in session:
        redirect("/login")
    return "secret"


@app.get("/always")
def always():
    if session.get("role") == "admin" or "editor":
        return "secret"
    abort(403)


@app.get("/uncalled")
def uncalled():
    if is_admin:
        return "secret"
    abort(403)


@app.get("/claimed")
def claimed():
    if request.cookies.get("role") != "admin":
        abort(403)
    return "secret"


@app.get("/near")
def near():
    if request.headers.get("X-Forwarded-For") != "127.0.0.1":
        abort(403)
    return "secret"


@app.get("/skipped")
def skipped():
    partner = request.headers.get("X-Partner")
    if partner and partner not in ("one", "two"):
        abort(401)
    return "secret"


@app.get("/unset")
def unset():
    if request.headers.get("X-Key") != os.environ.get("RELOAD_KEY"):
        abort(401)
    return "secret"
"""

EXEMPT = """
from flask import Flask, abort, request, session
app = Flask(__name__)
app.secret_key = key


@app.before_request
def members_only():
    if "/static/" in request.url:
        return None
    if not session.get("user"):
        abort(401)


@app.get("/secret")
def secret():
    return "secret"
"""

OWNED = """
from flask import Flask, abort, session
app = Flask(__name__)
app.secret_key = key


class Note:
    rows = {1: "ada"}

    @classmethod
    def get(cls, id):
        return cls(id)

    def __init__(self, id):
        self.id, self.owner = id, self.rows[id]

    def delete(self):
        del self.rows[self.id]


@app.post("/enter")
def enter():
    session["user"] = "eve"
    return "in"


@app.post("/notes/<int:id>/hide")
def hide(id):
    note = Note.get(id)
    if note.owner != session["user"]:
        abort(403)
    note.delete()
    return "hidden"


@app.post("/notes/<int:id>/wipe")
def wipe(id):
    note = Note.get(id)
    note.delete()
    return "gone"
"""


@pytest.mark.parametrize(
    ("path", "headers", "rule"),
    [
        ("/dropped", {}, "dropped-refusal"),
        ("/always", {}, "always-true-check"),
        ("/uncalled", {}, "always-true-check"),
        ("/claimed", {}, "trusted-claim"),
        ("/near", {"X-Forwarded-For": "127.0.0.1"}, "trusted-claim"),
        ("/skipped", {}, "skippable-check"),
        ("/unset", {}, "unset-secret"),
    ],
)
def test_a_stranger_gets_past_a_guard_that_refuses_nobody(path, headers, rule):
    stranger = client(WEAK, key="of this test")
    stranger.set_cookie("role", "admin")
    answer = stranger.get(path, headers=headers)

    assert answer.text == "secret"
    assert rule in rules(WEAK)


IDLE = (
    GUARD.replace("return inner", "return view")
    + """
@app.get("/backup")
@members
def backup():
    return "everything"
"""
)


def test_a_guard_that_gives_the_view_back_lets_everyone_in():
    assert status(IDLE, "/backup") == 200
    assert "idle-guard" in rules(IDLE)


@pytest.mark.parametrize(("query", "code"), [("", 401), ("?x=/static/", 200)])
def test_a_word_in_the_query_gets_past_a_guard(query, code):
    assert status(EXEMPT, f"/secret{query}") == code
    assert "loose-exemption" in rules(EXEMPT)


@pytest.mark.parametrize(("path", "code"), [("hide", 403), ("wipe", 200)])
def test_what_is_anothers_goes_where_nobody_asks_whose_it_is(path, code):
    eve = client(OWNED, key="of this test")
    eve.post("/enter")

    assert eve.post(f"/notes/1/{path}").status_code == code
    assert "unowned-object" in rules(OWNED)


def guarded(source: str) -> tuple[Stopper, Client]:
    """Return a client of the same app with Stopper, which knows its one decorator."""
    app = alone(bare.app(source, key="of this test"), "authorization", "sessions")
    app.config.update(TESTING=True, STOPPER_AUTH_DECORATORS=["members"])
    stopper = Stopper(app)
    return stopper, Client(app, app.response_class, use_cookies=True)


@pytest.mark.parametrize("source", [ABOVE, IDLE], ids=["above", "idle"])
def test_a_guard_that_guards_nothing_leaves_the_view_shut(source):
    assert guarded(source)[1].get("/backup").status_code == 403


def test_a_guard_that_guards_counts():
    assert guarded(BELOW)[1].get("/backup").status_code == 401


@pytest.mark.parametrize(("path", "code"), [("/notes/1/wipe", 403), ("/notes", 401)])
def test_the_view_without_the_guard_of_its_siblings_is_shut(path, code):
    assert guarded(FORGOTTEN)[1].post(path).status_code == code


@pytest.mark.parametrize(
    "path", ["/dropped", "/always", "/claimed", "/near", "/skipped"]
)
def test_a_guard_within_a_view_is_no_declaration(path):
    _, stranger = guarded(WEAK)
    stranger.set_cookie("role", "admin")

    assert stranger.get(path).status_code == 403


@pytest.mark.parametrize("query", ["", "?x=/static/"])
def test_no_word_in_the_query_gets_past_what_is_required(query):
    stopper, stranger = guarded(EXEMPT)
    stopper.requires()(stranger.application.view_functions["secret"])

    assert stranger.get(f"/secret{query}").status_code == 401


def test_what_is_anothers_stays_where_a_rule_is_asked():
    stopper, eve = guarded(OWNED)
    app = eve.application
    note = app.view_functions["hide"].__globals__["Note"]
    stopper.public(app.view_functions["enter"])
    stopper.rule("delete", note)(lambda user, found: found.owner == user)

    @app.post("/notes/<int:id>/burn")
    @stopper.requires()
    def burn(id):
        found = note.get(id)
        stopper.check("delete", found)
        found.delete()
        return "gone"

    eve.post("/enter")

    assert eve.post("/notes/1/burn").status_code == 403
    assert note.rows == {1: "ada"}
