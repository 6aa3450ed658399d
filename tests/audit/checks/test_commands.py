"""What is done with an attribute that a request names."""

from __future__ import annotations

import pytest

from projects import found
from projects import project
from stopper.audit.run import audit

HEAD = """\
from flask import Flask, request
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)


@app.get("/")
def view(boat=None, query=None):
    by = request.args["by"]
"""


def chosen(line):
    return "chosen-code" in {rule for rule, _, _ in found({"app.py": HEAD + line})}


@pytest.mark.parametrize(
    "line",
    [
        "    User.query.order_by(getattr(User, by).desc())",
        "    column = getattr(User, by)",
        "    query.order_by(desc(getattr(boat, by)))",
        "    query.filter(getattr(boat, by).in_([1]))",
        "    getattr(boat, by)",
        "    sorted(query, key=lambda b: getattr(b, by, b.id))",
        "    return str(getattr(boat, by) == 3)",
    ],
)
def test_what_is_only_compared_chooses_no_code(line):
    assert not chosen(line)


@pytest.mark.parametrize(
    "line",
    [
        "    getattr(User, by)()",
        "    getattr(boat, by)()",
        "    getattr(boat, by).run()",
        "    method = getattr(boat, by)",
        "    return getattr(boat, by)",
    ],
)
def test_what_may_be_called_or_shown_does(line):
    assert chosen(line)


ATTRIBUTES = """\
from flask import Flask, request
app = Flask(__name__)

class Page:
    def __init__(self, **context):
        self.__dict__.update(context)

def fill(page, names):
    page.__dict__.update(names)

@app.get("/")
def view():
    x = request.args["x"]
"""


def assigns(line):
    rules = {rule for rule, _, _ in found({"app.py": f"{ATTRIBUTES}    {line}\n"})}
    return "mass-assignment" in rules


@pytest.mark.parametrize(
    "line",
    ["Page(a=x)", "fill(Page(), dict(a=x))", "fill(Page(), {'a': x})"],
)
def test_attributes_that_the_app_names_are_its_own(line):
    assert not assigns(line)


@pytest.mark.parametrize(
    "line",
    [
        "Page(**request.args)",
        "Page(a='k', **request.form)",
        "fill(Page(), dict(**request.args))",
        "fill(Page(), {x: 1})",
    ],
)
def test_attributes_that_a_request_names_are_not(line):
    assert assigns(line)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("by", "HIGH"),
        ("by + '.plugin'", "HIGH"),
        ("'app.plugins.' + by", "LOW"),
        ("f'app.camera_{by}'", "LOW"),
        ("'app.camera_{by}'.format(by=by)", "LOW"),
    ],
)
def test_a_package_that_the_app_names_holds_a_module(name, level):
    text = f"{HEAD}    import importlib\n    importlib.import_module({name})\n"
    result = audit([project({"app.py": text})])
    levels = [
        f.confidence.name for f in result.findings if f.rule.name == "chosen-code"
    ]
    assert levels == [level]
