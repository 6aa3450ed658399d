"""What is not allowed is done all the same: on a bare app, and found in its source."""

import pytest

from bare import client
from bare import rules

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
