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
        'sinks.sink(request.environ["PATH_INFO"])',
        'sinks.sink(request.environ.get("HTTP_X_NAME"))',
        'env = request.environ\nsinks.sink(env["QUERY_STRING"])',
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
    ("value", "is_seen"),
    [
        ('VALUE.replace("/", "_")', False),
        ('VALUE.replace(os.sep, "_").lower()', False),
        ('VALUE.replace("../", "")', True),
        ('VALUE.replace("_", "/")', True),
        ('VALUE.replace("/", y)', True),
        ('VALUE.replace("/", "_").replace("_", "/")', True),
        ('VALUE.replace("/", "_").replace("%2F", "/")', True),
        ('VALUE.replace("%2F", "/").replace("/", "_")', False),
        ('VALUE.split("/")[-1]', False),
        ('VALUE.rsplit("/", 1)[1]', False),
        ('VALUE.rpartition("/")[2]', False),
        ("os.path.split(VALUE)[1]", False),
        ("os.path.split(VALUE)[0]", True),
        ('VALUE.split("/")[0]', True),
        ('VALUE.split("/", 1)[-1]', True),
        ('VALUE.split(",")[-1]', True),
        ('"/".join(VALUE.split("/"))', True),
        ("os.path.splitext(VALUE)[1]", False),
        ("os.path.splitext(VALUE)[0]", True),
        ('VALUE.split(".")[-1]', False),
        ('VALUE.rsplit(".", 1)[0]', True),
    ],
)
def test_the_name_of_a_file_leads_into_no_other_folder(value, is_seen):
    held, direct = (value.replace("VALUE", x) for x in ("x", 'request.args["x"]'))

    assert visible(f'x = request.args["x"]\nsinks.sink({held})') == is_seen
    assert visible(f"sinks.sink({direct})") == is_seen


@pytest.mark.parametrize(
    "lines",
    [
        'sinks.sink("constant")',
        "sinks.sink(request.method)",
        "sinks.sink(request.remote_addr)",
        "sinks.sink(request.endpoint)",
        'sinks.sink(request.environ["SERVER_NAME"])',
        'sinks.sink(request.environ.get("wsgi.url_scheme", "http"))',
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


CONVERTERS = """
from werkzeug.routing import BaseConverter, PathConverter

class Words(BaseConverter):
    regex = "[a-z]+"

class Deep(BaseConverter):
    regex = ".*?"

class Deeper(PathConverter):
    pass

class Given(BaseConverter):
    def __init__(self, map, *given):
        super().__init__(map)
        self.regex = given[0]

app.url_map.converters["words"] = Words
app.url_map.converters["deep"] = Deep
app.url_map.converters["deeper"] = Deeper
app.url_map.converters["given"] = Given
"""


@pytest.mark.parametrize(
    ("rule", "segment"),
    [
        ("<words:name>", None),
        ("<deep:name>", False),
        ("<deeper:name>", False),
        ("<given('[0-9a-f]{8}'):name>", None),
        ("<given('[^.]+'):name>", False),
        ("<given('[^/]+'):name>", True),
        ("<unknown:name>", True),
    ],
)
def test_a_converter_of_ones_own_says_what_it_lets_through(rule, segment):
    made, argument = sink(CONVERTERS + view("sinks.sink(name)", f"/{rule}", "name"))
    found = origin(made, argument)
    assert (found and found.segment) is segment


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


@pytest.mark.parametrize(
    ("rule", "value", "segment"),
    [
        ("/<path:name>", 'rest["name"]', False),
        ("/<name>", 'rest.get("name")', True),
        ("/<path:name>", "[*rest.values()][0]", False),
        ("/<int:name>", 'rest["name"]', None),
        ("/<path:name>", 'rest["other"]', None),
    ],
)
def test_what_a_view_does_not_name_is_the_urls_too(rule, value, segment):
    made, argument = sink(view(f"sinks.sink({value})", rule, "**rest"))
    found = origin(made, argument)
    assert (found and found.segment) is segment


def test_a_rule_that_is_told_to_a_decorator_of_ones_own_names_parameters():
    made, argument = sink(
        """
        import sinks
        from shop.routing import api

        @api("/pages/<path:name>")
        def page(name, other=""):
            sinks.sink(name)
            sinks.shown(other)
        """
    )
    found = origin(made, argument)
    assert found is not None
    assert not found.segment

    shown = next(iter(made.calls("*.shown", "sinks.shown"))).argument(0)
    assert flows(made).first(shown, "path") is None
    assert flows(made).given(shown, "path") is not None


SHOP = """
import sinks
from shop.paths import HOME, RULE

shelf = Blueprint("shelf", __name__, url_prefix=f"{HOME}/<path:part>/<int:number>")
"""


@pytest.mark.parametrize(
    ("route", "segment"),
    [
        ('app.route("/%s/<path:name>" % HOME)', False),
        ('app.route(f"{HOME}/<name>")', True),
        ('app.route(HOME + "/<path:name>")', False),
        ('app.route("{}/<path:name>".format(HOME))', False),
        ("app.route(RULE)", True),
        ('app.route(f"{HOME}/<int:name>")', None),
        ('app.route(f"{HOME}/<path:other>")', None),
        ('app.route("/")', None),
    ],
)
def test_a_rule_that_is_put_together_names_parameters(route, segment):
    body = f"{SHOP}@{route}\ndef view(name):\n    sinks.sink(name)\n"
    made, argument = sink(body)
    found = origin(made, argument)
    assert (found and found.segment) is segment


@pytest.mark.parametrize(
    "call",
    [
        'app.route("/<path:name>")(view)',
        'app.add_url_rule(f"{HOME}/<path:name>", "view", view)',
    ],
)
def test_a_view_that_is_handed_to_its_rule_has_parameters(call):
    made, argument = sink(f"{SHOP}def view(name):\n    sinks.sink(name)\n\n{call}\n")
    found = origin(made, argument)
    assert found is not None
    assert not found.segment


@pytest.mark.parametrize(
    ("name", "segment"), [("part", False), ("number", None), ("other", None)]
)
def test_the_prefix_of_a_blueprint_names_parameters(name, segment):
    body = f'{SHOP}@shelf.route("/")\ndef view({name}):\n    sinks.sink({name})\n'
    made, argument = sink(body)
    found = origin(made, argument)
    assert (found and found.segment) is segment
