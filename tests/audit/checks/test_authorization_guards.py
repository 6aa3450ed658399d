"""Which guards refuse nobody, believe what they are told, or are passed by."""

import pytest

from projects import found

HEAD = """
import os
from functools import wraps
from flask import Flask, abort, g, jsonify, redirect, request, session
from flask_login import current_user
app = Flask(__name__)
"""


def marked(source, *rules):
    """Return the lines with these findings."""
    text = HEAD + source
    lines = text.split("\n")
    return {
        lines[line - 1].strip()
        for rule, _, line in found({"app.py": text})
        if rule in rules
    }


def hook(*lines):
    body = "".join(f"    {line}\n" for line in lines)
    return f"@app.before_request\ndef guard():\n{body}    if not session.get('user'):\n        abort(401)\n"


# -- dropped-refusal


@pytest.mark.parametrize(
    "dropped",
    [
        "redirect('/login')",
        "jsonify(error='no'), 401",
        "werkzeug.exceptions.Unauthorized()",
    ],
)
def test_a_refusal_in_a_decorator_that_nobody_returns_is_found(dropped):
    source = (
        "import werkzeug.exceptions\ndef members(view):\n    @wraps(view)\n"
        "    def inner(*a, **k):\n        if 'user' not in session:\n"
        f"            {dropped}\n        return view(*a, **k)\n    return inner\n"
    )

    assert marked(source, "dropped-refusal") == {dropped}


@pytest.mark.parametrize(
    "statement",
    [
        "if request.args.get('x'):\n        redirect('/elsewhere')",
        "jsonify(session['user'])",
        "log_in()",
    ],
)
def test_what_refuses_nobody_may_be_dropped(statement):
    source = (
        "def log_in():\n    session['user'] = 1\n    return redirect('/')\n"
        f"@app.get('/x')\ndef x():\n    {statement}\n    return 'x'\n"
    )

    assert marked(source, "dropped-refusal") == set()


def test_a_check_that_aborts_by_itself_may_be_called_for_that():
    source = (
        "def is_admin():\n    if session.get('role') != 'admin':\n        abort(403)\n"
        "    return True\n@app.get('/x')\ndef x():\n    is_admin()\n    return 'x'\n"
    )

    assert marked(source, "dropped-refusal") == set()


# -- always-true-check


def test_a_method_of_the_user_that_is_not_called_is_true():
    source = (
        "class User:\n    def is_editor(self): return self.level > 2\n"
        "@app.get('/x')\ndef x():\n    if not current_user.is_editor:\n        abort(403)\n"
    )

    assert marked(source, "always-true-check") == {"if not current_user.is_editor:"}


@pytest.mark.parametrize(
    "body",
    [
        "    @property\n    def is_editor(self): return self.level > 2\n",
        "    is_editor = True\n",
    ],
)
def test_a_property_of_the_user_is_no_method(body):
    source = f"class User:\n{body}" + (
        "@app.get('/x')\ndef x():\n    if not current_user.is_editor:\n        abort(403)\n"
    )

    assert marked(source, "always-true-check") == set()


def test_a_default_after_or_is_no_test():
    source = "@app.get('/x')\ndef x():\n    name = session.get('name') or 'nobody'\n"

    assert marked(source, "always-true-check") == set()


# -- loose-exemption


@pytest.mark.parametrize(
    ("test", "rest"),
    [
        ("if '/public' in request.path:", "return"),
        ("if any(w in request.full_path for w in WORDS):", "return None"),
        ("if re.search(r'\\.png$', request.path):", "return"),
    ],
)
def test_an_exemption_by_a_word_in_the_address_is_found(test, rest):
    source = "import re\nWORDS = ['/login', '/static']\n" + hook(test, f"    {rest}")

    assert marked(source, "loose-exemption") == {test}


@pytest.mark.parametrize(
    ("test", "rest"),
    [
        ("if '/admin' in request.path and not g.admin:", "abort(403)"),
        ("if request.path.startswith('/a/') and '/b/' in request.path:", "return"),
        ("if '/api/' in request.path:", "return jsonify(error='who are you?'), 404"),
        ("if request.endpoint.endswith('static'):", "return"),
        ("if request.path in WORDS:", "return"),
    ],
)
def test_what_lets_nobody_through_is_left_alone(test, rest):
    source = "WORDS = ['/login', '/static']\n" + hook(test, f"    {rest}")

    assert marked(source, "loose-exemption") == set()


# -- trusted-claim


@pytest.mark.parametrize(
    "test",
    [
        "if request.args.get('is_admin') != '1':",
        "if not request.cookies.get('username'):",
        "if request.headers['X-Role'] != 'admin':",
        "if not request.host.startswith('localhost'):",
        "if role not in ('admin', 'root'):",
    ],
)
def test_what_the_client_says_of_itself_is_no_guard(test):
    source = (
        "@app.get('/x')\ndef x():\n    role = request.cookies.get('role')\n"
        f"    {test}\n        abort(403)\n    return 'x'\n"
    )

    assert marked(source, "trusted-claim") == {test}


@pytest.mark.parametrize(
    "body",
    [
        "if request.form.get('role') == 'admin':\n        member.admin = True",
        "if 'role' not in request.form:\n        abort(400)",
        "if request.host != 'www.club.org':\n        return redirect('/')",
        "if request.cookies.get('theme') == 'dark':\n        abort(403)",
    ],
)
def test_what_lets_nobody_in_may_be_said_by_the_client(body):
    source = f"@app.post('/x')\ndef x():\n    {body}\n    return 'x'\n"

    assert marked(source, "trusted-claim") == set()


# -- skippable-check, unset-secret


def test_a_token_that_is_asked_for_before_is_not_skipped():
    source = (
        "@app.get('/x')\ndef x():\n    token = request.headers.get('X-Token')\n"
        "    if not token:\n        abort(401)\n"
        "    if token and token not in TOKENS:\n        abort(401)\n    return 'x'\n"
    )

    assert marked(source, "skippable-check") == set()


@pytest.mark.parametrize(
    "compared",
    [
        "request.args.get('key') == os.getenv('API_KEY', '')",
        "os.environ.get('API_TOKEN') != request.headers.get('X-Token')",
        "request.headers.get('X-Token') == KEY",
        "request.headers.get('X-Token') == app.config.get('API_TOKEN')",
    ],
)
def test_a_secret_that_may_be_unset_matches_nothing_sent(compared):
    source = (
        "KEY = os.environ.get('API_KEY')\n@app.get('/x')\ndef x():\n"
        f"    if {compared}:\n        return 'x'\n    abort(401)\n"
    )

    assert marked(source, "unset-secret") == {f"if {compared}:"}


@pytest.mark.parametrize(
    "compared",
    [
        "request.args['key'] == os.getenv('API_KEY')",
        "request.args.get('key') == os.environ['API_KEY']",
        "request.args.get('key') == os.getenv('API_KEY', SPARE)",
        "request.args.get('page') == os.getenv('PAGE')",
        "KEY and request.args.get('key') == KEY",
    ],
)
def test_a_secret_that_is_there_matches_only_itself(compared):
    source = (
        "KEY = os.environ.get('API_KEY')\n@app.get('/x')\ndef x():\n"
        f"    if {compared}:\n        return 'x'\n    abort(401)\n"
    )

    assert marked(source, "unset-secret") == set()


# -- open-admin

ADMIN = """
from flask_admin import Admin, BaseView
from flask_admin.contrib.sqla import ModelView
from mixins import Closed
admin = Admin(app)
"""


@pytest.mark.parametrize(
    "source",
    [
        "class V(Closed, ModelView):\n    pass\nadmin.add_view(V(User, db.session))\n",
        "class V(ModelView):\n    def is_accessible(self): return False\n"
        "class W(V):\n    pass\nadmin.add_view(W(User, db.session))\n",
        "admin.add_view(ModelView(User, db.session))\n" + hook("pass"),
    ],
)
def test_an_admin_view_that_asks_somebody_is_left_alone(source):
    assert marked(ADMIN + source, "open-admin") == set()


# -- unowned-object

EDIT = """
@app.post('/notes/<int:id>')
def edit(id):
    note = Note.query.get(id)
    if note.owner != session['user']:
        abort(403)
    note.save()
"""


@pytest.mark.parametrize(
    "body",
    [
        "Note.query.get(id).delete()\n",
        "note = db.session.get(Note, id)\n    note.delete()\n",
        "Note.query.filter_by(id=id).first().delete()\n",
        "if 'user' not in session: abort(401)\n    Note.query.get(id).delete()\n",
    ],
)
def test_a_row_that_is_changed_for_anyone_is_found(body):
    source = EDIT + f"@app.post('/notes/<int:id>/x')\ndef drop(id):\n    {body}"

    assert marked(source, "unowned-object") == {"def drop(id):"}


@pytest.mark.parametrize(
    "body",
    [
        "if not g.user.is_admin: abort(403)\n    Note.query.get(id).delete()\n",
        "check_owner(id)\n    Note.query.get(id).delete()\n",
        "Club.query.get(id).delete()\n",
        "return Note.query.get(id).text\n",
        "Note.query.filter_by(id=id, owner=session['user']).first().delete()\n",
    ],
)
def test_a_row_whose_owner_is_asked_for_is_left_alone(body):
    source = EDIT + f"@app.post('/notes/<int:id>/x')\ndef drop(id):\n    {body}"

    assert marked(source, "unowned-object") == set()
