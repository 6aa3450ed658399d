"""What is followed of a request's value within one function, and what clears it."""

from __future__ import annotations

import textwrap

import pytest

from projects import project
from stopper.audit.survey.flow.flows import flows

HEAD = """
import json
import os
import pathlib
import uuid
from os import path as p
from urllib.parse import unquote
from flask import Blueprint, Flask, request
from flask import request as r
from flask.views import MethodView
from werkzeug.utils import secure_filename

app = Flask(__name__)
"""


def origin(project, site, clears=frozenset()):
    found = flows(project).first(site, "path", clears)
    return found if found and not found.doubts else None


def from_request(project, site, clears=frozenset()):
    return origin(project, site, clears) is not None


def sink(body, clears=frozenset()):
    """Return what is visible of the first argument of ``sink(...)`` in ``body``."""
    made = project({"app.py": HEAD + textwrap.dedent(body)})
    call = next(iter(made.calls("*.sink", "app.sink", "sinks.sink")))
    return made, call.argument(0)


def view(lines, rule="/", parameters=""):
    body = textwrap.indent(textwrap.dedent(lines), "    ")
    return f'import sinks\n@app.route("{rule}")\ndef view({parameters}):\n{body}\n'


def visible(lines, rule="/", parameters=""):
    made, argument = sink(view(lines, rule, parameters))
    return from_request(made, argument)


@pytest.mark.parametrize(
    "lines",
    [
        'sinks.sink(request.args["x"])',
        'sinks.sink(request.args.get("x", ""))',
        'sinks.sink(r.form["x"])',
        'sinks.sink(request.get_json()["x"])',
        'sinks.sink(request.json.get("x", {}).get("y"))',
        'sinks.sink(request.files["x"].filename)',
        'sinks.sink(request.headers.get("X-Name"))',
        "sinks.sink(request.data.decode())",
        "sinks.sink(request.referrer)",
        'x = request.args["x"]\nsinks.sink(x)',
        'x = request.args["x"]\ny = x.strip()\nsinks.sink(f"a/{y}.txt")',
        'x = request.args["x"]\nsinks.sink("a/" + x)',
        'x = request.args["x"]\nsinks.sink("a/%s" % x)',
        'x = request.args["x"]\nsinks.sink("a/{}".format(x))',
        'x = request.args["x"]\nsinks.sink("/".join(["a", x]))',
        'x = request.args["x"]\nsinks.sink(os.path.join("a", x))',
        'x = request.args["x"]\nsinks.sink(p.join("a", x))',
        'x = request.args["x"]\nsinks.sink(pathlib.Path("a") / x)',
        'x = request.args["x"]\nsinks.sink(pathlib.Path("a").joinpath(x))',
        'x = request.args["x"]\nx = unquote(x)\nsinks.sink(x)',
        'x = request.args.get("x") or "default"\nsinks.sink(x)',
        'x = request.args.get("x") if app.debug else None\nsinks.sink(x)',
        'x = request.args.get("x")\nif not x:\n    x = "default"\nsinks.sink(x)',
        'x = "a/"\nx += request.args["x"]\nsinks.sink(x)',
        'args = request.args\nsinks.sink(args["x"])',
        'x, y = request.args["x"].split(",")\nsinks.sink(y)',
        'a, b = "a", request.args["x"]\nsinks.sink(b)',
        'for x in request.args.getlist("x"):\n    sinks.sink(x)',
        'sinks.sink([x.strip() for x in request.args.getlist("x")])',
        'if (x := request.args.get("x")):\n    sinks.sink(x)',
        'data = json.loads(request.data)\nsinks.sink(data["x"])',
        'x = request.args["x"]\ndef later():\n    sinks.sink(x)\nreturn later()',
        'if ".." in request.args["x"]:\n    x = ""\nelse:\n    x = request.args["x"]\nsinks.sink(x)',
    ],
)
def test_a_value_of_the_request_is_visible(lines):
    assert visible(lines)


@pytest.mark.parametrize(
    "lines",
    [
        'sinks.sink("constant")',
        "sinks.sink(request.method)",
        "sinks.sink(request.remote_addr)",
        "sinks.sink(request.endpoint)",
        'sinks.sink(int(request.args["x"]))',
        'x = int(request.args["x"])\nsinks.sink(f"a/{x}")',
        'sinks.sink(request.args.get("x", type=int))',
        'x = request.args.get("x", 1, type=float)\nsinks.sink(x)',
        'sinks.sink(uuid.UUID(request.args["x"]))',
        'sinks.sink("%d" % request.args["x"])',
        'sinks.sink(len(request.args["x"]))',
        'x = request.args["x"]\nx = "constant"\nsinks.sink(x)',
        'x = "constant"\nsinks.sink(x)\nx = request.args["x"]',
        'x = request.args["x"]\nsinks.sink(TABLE[x])',
        'x = request.args["x"]\nsinks.sink({"a": 1}.get(x))',
        'x = request.args["x"]\nif x not in ("a", "b"):\n    return ""\nsinks.sink(x)',
        'x = load(request.args["x"])\nsinks.sink(x)',
        'x = request.args["x"]\nif x:\n    y = 1\nsinks.sink(y)',
    ],
)
def test_what_is_cleared_or_unseen_is_not_visible(lines):
    assert not visible(lines)


def test_an_assignment_of_the_other_branch_does_not_reach():
    lines = 'if a:\n    x = request.args["x"]\nelse:\n    x = "b"\n    sinks.sink(x)'
    assert not visible(lines)


def test_the_name_of_an_empty_test_is_not_cleared():
    assert visible(
        'x = request.args["x"]\nif x in ("", None):\n    return\nsinks.sink(x)'
    )


@pytest.mark.parametrize(
    ("rule", "segment"), [("/<name>", True), ("/<path:name>", False)]
)
def test_a_path_parameter_says_whether_it_can_hold_a_slash(rule, segment):
    made, argument = sink(view("sinks.sink(name)", rule, "name"))
    found = origin(made, argument)
    assert found is not None
    assert (found.name, found.segment) == ("name", segment)


@pytest.mark.parametrize(
    "rule", ["/<int:name>", "/<uuid:name>", "/<any(a, b):name>", "/"]
)
def test_a_strict_converter_clears_a_parameter(rule):
    assert not visible("sinks.sink(name)", rule, "name")


def test_a_parameter_that_is_assigned_anew_is_not_the_urls():
    assert not visible('name = "a"\nsinks.sink(name)', "/<name>", "name")


def test_a_parameter_of_a_function_that_is_no_view_is_unseen():
    made, argument = sink("import sinks\ndef helper(name):\n    sinks.sink(name)\n")
    assert not from_request(made, argument)


def test_a_method_of_a_class_view_has_parameters():
    made, argument = sink(
        """
        import sinks
        class Files(MethodView):
            def get(self, p=""):
                sinks.sink(os.path.join("a", p))
        view = Files.as_view("files")
        app.add_url_rule("/<path:p>", view_func=view)
        """
    )
    assert from_request(made, argument)


def test_what_a_cleaner_gives_is_clear_for_who_names_it():
    made, argument = sink(view('sinks.sink(secure_filename(request.args["x"]))'))
    name = "werkzeug.utils.secure_filename"
    assert not from_request(made, argument, frozenset({name}))


def test_a_name_that_is_bound_to_itself_ends():
    assert not visible("x = x + y\ny = x\nsinks.sink(x)")


@pytest.mark.parametrize(
    ("lines", "doubts"),
    [
        ('x = request.args["x"]\nif not is_safe(x):\n    return\nsinks.sink(x)', 1),
        ('x = request.args["x"]\ncheck_path(x)\nsinks.sink(x)', 1),
        ('x = request.args["x"]\nif os.path.exists(x):\n    sinks.sink(x)', 0),
        ('x = request.args["x"]\nsinks.sink(x)', 0),
    ],
)
def test_a_test_of_which_nothing_is_known_is_a_doubt(lines, doubts):
    made, argument = sink(view(lines))
    assert flows(made).first(argument, "path").doubts == doubts
