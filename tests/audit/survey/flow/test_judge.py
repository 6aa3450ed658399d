"""What tests leave of a value."""

from __future__ import annotations

import textwrap

import pytest

from audit.survey.flow.told import reaches
from projects import project
from stopper.audit.checks.commands import shell_command
from stopper.audit.checks.files import path_traversal
from stopper.audit.checks.redirects import open_redirect
from stopper.audit.checks.redirects import request_forgery
from stopper.catalogue.rule import Confidence


@pytest.mark.parametrize(
    "body",
    [
        "if x in ('a', 'b'):\n    os.system(x)",
        "if x not in ('a', 'b'):\n    abort(400)\nos.system(x)",
        "y = x + '!'\nif x in ('a', 'b'):\n    os.system(y)",
        "y = x.lower()\nif x not in ('a', 'b'):\n    y = 'a'\nos.system(y)",
        "ok = x in ('a', 'b')\nif ok:\n    os.system(x)",
        "if any(x == k for k in ('a', 'b')):\n    os.system(x)",
        "if x == 'a':\n    os.system(x)",
        "assert x in ('a', 'b')\nos.system(x)",
        "if x is None:\n    os.system(x)",
        "if x.isdigit():\n    os.system(x)",
        "if re.fullmatch('[a-z]+', x):\n    os.system(x)",
        "if WORD.fullmatch(x):\n    os.system(x)",
        "if good(x):\n    os.system(x)",
        "demand(x)\nos.system(x)",
        "os.system(re.sub('[^a-z]', '', x))",
        "match x:\n    case 'a' | 'b':\n        os.system(x)",
        "os.system(''.join(c for c in x if c.isalnum() or c in '-_'))",
        "if x in 'abc':\n    os.system(x)",
    ],
)
def test_a_test_that_leaves_nothing_clears(body):
    defs = """
        WORD = re.compile("[a-z]+")

        def good(p):
            if p in ("a", "b"):
                return True
            return False

        def demand(p):
            if p not in ("a", "b"):
                raise ValueError(p)
    """
    assert not reaches(body, defs)


@pytest.mark.parametrize(
    "body",
    [
        "if x in ('a', 'b'):\n    pass\nelse:\n    os.system(x)",
        "if x in ('a', 'b') or g.ready:\n    os.system(x)",
        "good(x)\nos.system(x)",
        "if re.match('[a-z]', x):\n    os.system(x)",
        "if re.fullmatch('.*', x):\n    os.system(x)",
        "if len(x) > 3:\n    os.system(x)",
        "os.system(re.sub('[0-9]', '', x))",
        "os.system(''.join(c for c in x if c.isalnum() or c in '-_;'))",
        "os.system(''.join(c for c in x if c.isalnum() or c not in '-_'))",
        "y = x\nif x in ('a', 'b'):\n    z = f(y)\nelse:\n    z = f(y) + '!'\nos.system(z)",
    ],
)
def test_a_test_that_leaves_something_does_not(body):
    defs = """
        def good(p):
            return p in ("a", "b")

        def f(p):
            return p
    """
    assert reaches(body, defs)


@pytest.mark.parametrize(
    "body",
    [
        # Nothing, or one of them.
        "if x is not None:\n    if x not in NAMES:\n        abort(404)\nos.system(x)",
        "if x is not None:\n    if names is None or x not in names:\n        return abort(404)\nos.system(x)",
        "if x in ('a', 'b'):\n    f('k')\nelif x.isdigit():\n    f('k')\nelse:\n    abort(400)\nos.system(x)",
        "if g.ready:\n    demand(x)\nelse:\n    if x != 'a':\n        return ''\nos.system(x)",
        "if g.ready:\n    if g.big:\n        demand(x)\n    elif x != 'a':\n        return ''\nelif x not in NAMES:\n    return ''\nos.system(x)",
        "if x:\n    x = shlex.quote(x)\nos.system(x)",
        "if not x:\n    os.system(x)",
        "if isinstance(x, Sort):\n    os.system(x)",
        "os.system(WRONG.sub('', x))",
        "os.system(re.sub(WRONG, '', x))",
        "os.system(Words.wrong.sub('-', x))",
        "os.system(re.sub(Words.wrong, '-', x))",
        "os.system(Words().wrong.sub('-', x))",
        "wrong = re.compile('[^a-z]', re.I)\nos.system(wrong.sub('-', string=x))",
        "if Words.right.fullmatch(x):\n    os.system(x)",
    ],
)
def test_each_way_through_a_branch_counts_and_each_name_of_an_expression(body):
    assert not reaches(body, BRANCHES)


@pytest.mark.parametrize(
    "body",
    [
        "if x is not None:\n    if x not in NAMES:\n        f('k')\nos.system(x)",
        "if g.ready:\n    demand(x)\nos.system(x)",
        "if g.ready:\n    demand(x)\nelif g.big:\n    f('k')\nelse:\n    abort(400)\nos.system(x)",
        "if x in ('a', 'b'):\n    f('k')\nelif g.big:\n    f('k')\nelse:\n    abort(400)\nos.system(x)",
        "if isinstance(x, str):\n    os.system(x)",
        "y = [x]\nwhile y:\n    z = y.pop()\nos.system(z)",
        "os.system(WIDE.sub('', x))",
        "os.system(re.sub(Words.lines, '-', x))",
        "os.system(Words.wrong.sub(x, 'a b'))",
        "if Words.lines.fullmatch(x):\n    os.system(x)",
    ],
)
def test_one_way_without_a_test_is_enough(body):
    assert reaches(body, BRANCHES)


BRANCHES = """
    import enum
    import shlex

    NAMES = ("a", "b")
    WRONG = re.compile("[^a-z]+")
    WIDE = re.compile("[;|]")
    names = g.names

    class Sort(enum.Enum):
        UP = "up"

    class Box:
        value = "k"

    class Words:
        wrong = WRONG
        right = re.compile("[a-z]+", flags=re.ASCII)
        lines = re.compile("[^;]+", re.M)

    def demand(p):
        if p not in ("a", "b"):
            raise ValueError(p)
"""


@pytest.mark.parametrize(
    "start",
    [
        "['a', 'b']",
        "[['a'], 'b']",
        "{'a': 1}",
        "{'a'}",
        "(['//'],)",
        "b'//'",
        "7",
        "STARTS",
    ],
)
def test_what_no_text_begins_with_is_judged_too(start):
    """A list there raises in Python; it must not in the audit."""
    code = f"""
        import requests
        from flask import Flask, request
        STARTS = [[], {{}}]
        app = Flask(__name__)

        @app.get("/")
        def get():
            x = request.args["x"]
            if not x.startswith({start}):
                return requests.get(x).text
            return ""
    """
    found = request_forgery.run(project({"app.py": textwrap.dedent(code)}))
    assert [f.subject for f in found] == ["requests.get"]


def test_an_address_may_be_forbidden_several_beginnings_at_once():
    code = """
        from flask import Flask, redirect, request
        app = Flask(__name__)

        @app.get("/in")
        def inside():
            x = request.args["x"]
            if x.startswith("/") and not x.startswith(("//", "/\\\\")) and x.isprintable():
                return redirect(x)
            return ""

        @app.get("/out")
        def outside():
            x = request.args["x"]
            if x.startswith(("/", "http")):
                return redirect(x)
            return ""
    """
    found = open_redirect.run(project({"app.py": textwrap.dedent(code)}))
    assert [f.place.line for f in found] == [16]


@pytest.mark.parametrize(
    ("test", "is_found"),
    [
        ("os.path.relpath(path, BASE).startswith('..')", False),
        ("os.path.relpath(path, BASE).startswith('.x')", True),
        ("os.path.commonprefix([BASE + '/', path]) != BASE + '/'", False),
        ("os.path.commonprefix([f'{BASE}/', path]) != f'{BASE}/'", False),
        ("os.path.commonprefix([path, BASE + os.sep]) != BASE + os.sep", False),
        ("os.path.commonprefix([BASE, path]) != BASE", True),
    ],
)
def test_a_way_out_of_a_folder_is_judged(test, is_found):
    code = f"""
        import os
        from flask import Flask, abort, request
        app = Flask(__name__)
        BASE = os.path.abspath("pages")

        @app.get("/")
        def get():
            path = os.path.abspath(os.path.join(BASE, request.args["name"]))
            if {test}:
                abort(404)
            return open(path).read()
    """
    found = path_traversal.run(project({"app.py": textwrap.dedent(code)}))
    assert bool(list(found)) == is_found


PRIVATE = """
    import ipaddress
    import socket
    from urllib.parse import urlparse

    import requests
    from flask import Flask, abort, request
    app = Flask(__name__)

    def private(host):
        try:
            return ipaddress.ip_address(socket.gethostbyname(host)).is_private
        except ValueError:
            return True

    def near(url):
        found = socket.getaddrinfo(urlparse(url).hostname, None)
        return any(ipaddress.ip_address(one[4][0]).is_private for one in found)

    def demand(url):
        for one in socket.getaddrinfo(urlparse(url).hostname, None):
            if not ipaddress.ip_address(one[4][0]).is_global:
                raise ValueError(url)

    @app.get("/")
    def get():
        x = request.args["x"]
        {test}
        return requests.get(x).text
"""


@pytest.mark.parametrize(
    ("test", "is_found"),
    [
        ("if private(urlparse(x).hostname): abort(400)", False),
        ("if near(x): abort(400)", False),
        ("demand(x)", False),
        ("if not private(urlparse(x).hostname): abort(400)", True),
        ("if private(request.host): abort(400)", True),
        ("if ipaddress.ip_address(urlparse(x).hostname).is_loopback: abort(400)", True),
    ],
)
def test_an_address_outside_of_private_networks_is_judged(test, is_found):
    code = textwrap.dedent(PRIVATE).replace("{test}", test)
    assert bool(list(request_forgery.run(project({"app.py": code})))) == is_found


def test_what_a_deep_function_judges_does_not_depend_on_who_asked_before():
    chain = "".join(
        f"""
        def f{n}(p):
            if not f{n + 1}(p):
                return False
            return True
        """
        for n in range(6)
    )
    code = f"""
        import os
        from flask import Flask, abort, request

        app = Flask(__name__)

        {chain}

        def f6(p):
            return p in ("a", "b")

        @app.get("/deep")
        def deep():
            x = request.args["x"]
            if not f0(x):
                abort(400)
            os.system(x)

        @app.get("/near")
        def near():
            x = request.args["x"]
            if not f3(x):
                abort(400)
            os.system(x)
        """
    # The deep one is asked about first, and is too deep to be gone into.
    lines = [
        f.place.line
        for f in shell_command.run(project({"app.py": code}))
        if f.confidence is Confidence.HIGH
    ]
    assert len(lines) == 1
