"""What could not be followed to its end is said."""

from __future__ import annotations

import ast

from projects import project
from stopper.audit.survey.flow.flows import flows

TEXT = """
from flask import Flask, request
app = Flask(__name__)

@app.get("/")
def view():
    x = request.args["x"]
{body}
    return open(x).read()
"""


def followed(body):
    lines = "\n".join(f"    {line}" for line in body)
    made = project({"app.py": TEXT.format(body=lines)})
    module = made.modules[0]
    (call,) = (
        c
        for c in module.index.nodes(ast.Call)
        if isinstance(c.func, ast.Name) and c.func.id == "open"
    )
    asked = flows(made)
    return asked.into(made.site(module, call.args[0]), "path"), asked.notes


def test_a_long_way_is_followed():
    found, notes = followed(["x = x + 'a'"] * 300)
    assert [flow.name for flow in found] == ["flask.request.args"]
    assert notes == ()


def test_a_way_that_is_too_long_is_said_to_be():
    # A project cannot silence its auditor by a thousand lines that change nothing.
    found, notes = followed(["if request.args.get('y'):", "    x = x + 'a'"] * 6000)
    assert found == ()
    (note,) = notes
    assert (note.name, note.path) == ("not-followed", "app.py")
    assert note.line == 12008
