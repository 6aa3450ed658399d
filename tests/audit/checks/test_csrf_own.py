"""An app that has tokens of its own is not told that it has none."""

import pytest

from projects import found

APP = """\
from flask import Flask, request
app = Flask(__name__)
@app.post("/a")
def a():
    return request.form.get("x")
"""
WITH = (
    '<form method="post"><input type="hidden" name="csrf_token" value="{{ t }}"></form>'
)
STOPPER = "from stopper import Stopper\nStopper(app)\n"
WITHOUT = '<form method="post"></form>'


@pytest.mark.parametrize(
    ("templates", "missing"),
    [
        ({"templates/a.html": WITH}, False),
        ({"templates/a.html": WITH, "templates/b.html": WITHOUT}, True),
        ({}, True),
        ({"more.py": STOPPER}, False),
        ({"more.py": STOPPER, "config.py": "STOPPER_CSRF_MODE = 'off'\n"}, True),
        ({"more.py": STOPPER, ".env": "FLASK_STOPPER_MODE=report\n"}, True),
        ({"more.py": "from flask_wtf import CSRFProtect\nCSRFProtect(app)\n"}, False),
    ],
)
def test_the_forms_say_whether_somebody_checks(templates, missing):
    rules = {rule for rule, _, _ in found({"app.py": APP, **templates})}

    assert ("csrf-missing" in rules) is missing


@pytest.mark.parametrize("read", ["request.form['x']", "request.form.get('x')"])
def test_every_way_to_read_a_form_counts(read):
    app = APP.replace('request.form.get("x")', read)

    assert ("csrf-missing", "app.py", 2) in found({"app.py": app})


def test_a_form_needs_no_token_where_one_is_put_in():
    files = {"app.py": APP, "templates/b.html": WITHOUT}

    assert ("form-without-token", "templates/b.html", 1) not in found(
        {**files, "more.py": STOPPER}
    )
    assert ("form-without-token", "templates/b.html", 1) in found(
        {**files, "more.py": "from flask_wtf import CSRFProtect\nCSRFProtect(app)\n"}
    )


def test_an_exemption_of_stopper_is_listed():
    app = """\
from flask import Flask
from stopper import Stopper
app = Flask(__name__)
stopper = Stopper(app)
@app.post("/hook")
@stopper.csrf.exempt
def hook():
    return "thanks"
"""

    assert ("csrf-exemption", "app.py", 6) in found({"app.py": app})
