"""Which views load what the request names, and ask nobody."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit

APP = """
from flask import Blueprint, Flask, abort, request, session
from flask_login import current_user, login_required
from shop.models import Boat, Note, User, db

app = Flask(__name__)
{first}

@app.get("/mine")
{guard}
def mine():
    return "mine"

@app.route("{rule}", methods=["{method}"])
{above}
def view({given}):
    {line}
    {then}
    return "done"
"""

PLAIN = {
    "first": "",
    "guard": "@login_required",
    "rule": "/notes/<int:id>",
    "method": "POST",
    "above": "",
    "given": "id",
    "line": "note = Note.query.get_or_404(id)",
    "then": "db.session.delete(note); db.session.commit()",
}


def text(**changes):
    return APP.format(**(PLAIN | changes))


def rules(source):
    return {rule for rule, _, _ in found({"app.py": source})}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"line": "note = db.session.get(Note, id)"},
        {
            "line": 'note = Note.query.get(request.form["id"])',
            "given": "",
            "rule": "/n",
        },
        {
            "line": 'key = request.json.get("note_id"); note = Note.query.get(key)',
            "given": "",
            "rule": "/n",
        },
        {
            "method": "GET",
            "line": "return User.query.get_or_404(id).mail",
            "then": "pass",
        },
    ],
)
def test_a_view_that_asks_nobody_is_found(changes):
    assert "view-without-authorization" in rules(text(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        # No login, so nobody could be asked.
        {"guard": ""},
        {"above": "@login_required"},
        {"then": "note.owner == current_user or abort(403); db.session.commit()"},
        {"line": 'if "user" not in session: abort(401)'},
        {"line": "note = Note.query.first()"},
        {"first": "from stopper import Stopper\nStopper(app)"},
        {"rule": "/webhooks/<int:id>"},
        {"rule": "/login/<int:id>"},
        {
            "method": "GET",
            "line": "return Boat.query.get_or_404(id).name",
            "then": "pass",
        },
        {
            "first": "@app.before_request\ndef ask():\n"
            "    if not current_user.is_authenticated: abort(401)"
        },
        {
            "first": "@app.url_value_preprocessor\ndef ask(endpoint, values):\n"
            "    if not current_user.is_authenticated: abort(401)"
        },
    ],
)
def test_a_view_that_asks_or_is_for_everyone_is_silent(changes):
    assert "view-without-authorization" not in rules(text(**changes))


def test_what_only_shows_a_row_is_less_sure():
    source = text(method="GET", line="return User.query.get(id).mail", then="pass")
    result = audit([project({"app.py": source})])

    assert [
        f.confidence.name
        for f in result.findings
        if f.rule.name == "view-without-authorization"
    ] == ["LOW"]


def test_a_view_that_its_siblings_give_away_is_told_once():
    siblings = "\n".join(
        f"@app.post('/{word}')\n@login_required\ndef {word}():\n    return '{word}'\n"
        for word in ("one", "two", "three", "four")
    )
    names = rules(text() + siblings)

    assert "unguarded-sibling" in names
    assert "view-without-authorization" not in names


def test_a_guard_above_the_route_is_told_once():
    source = text().replace('@app.route("/notes', '@login_required\n@app.route("/notes')
    names = rules(source)

    assert "guard-above-route" in names
    assert "view-without-authorization" not in names
