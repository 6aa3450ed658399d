"""All that may bind a name where it is used has a say, as when Python runs it."""

import ast

import pytest

from projects import project
from stopper.audit.survey.values import Built
from stopper.audit.survey.values import Constant
from stopper.audit.survey.values import Environment


def given(source):
    """Return the value of what the last call of ``use`` is given."""
    made = project({"app.py": source})
    calls = [c for c in made.nodes(ast.Call) if getattr(c.node.func, "id", "") == "use"]
    return calls[-1].at(calls[-1].node.args[0]).value


@pytest.mark.parametrize(
    "source",
    [
        "s = 'a'\nif x:\n    s = s + y\nuse(s)",
        "s = 'a'\nif x:\n    s += y\nuse(s)",
        "s = 'a'\nif x:\n    s = y\nuse(s)",
        "def f(s):\n    if x:\n        s = 'a'\n    use(s)",
        "s = 'a'\nwhile x:\n    use(s)\n    s = s + y",
        "s = 'a'\ntry:\n    s = y\nexcept E:\n    pass\nuse(s)",
        "s = 'a'\nfor s in y:\n    pass\nuse(s)",
        "s = 'a'\ndef g(v):\n    global s\n    s = v\ndef f():\n    use(s)",
        "def f(v):\n    s = 'a'\n    def g():\n        nonlocal s\n        s = v\n    g()\n    use(s)",
        "s = 'a'\n[s := y for z in x]\nuse(s)",
        "s = 'a'\nmatch x:\n    case s:\n        pass\nuse(s)",
        "s = 'a' if x else y\nuse(s)",
    ],
)
def test_what_is_constant_in_one_way_only_is_no_constant(source):
    assert not isinstance(given(source), Constant)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("s = 'a'\nif x:\n    s = 'b'\nuse(s)", "b"),
        ("def f(s):\n    s = 'a'\n    use(s)", "a"),
        ("if x:\n    s = y\ns = 'a'\nuse(s)", "a"),
        ("with x:\n    s = 'a'\nuse(s)", "a"),
        ("def f(s):\n    if x:\n        s = 'a'\n        use(s)", "a"),
        ("s = 'a'\nfor z in x:\n    s += 'b'\nuse(s)", "ab"),
        ("s = 'a'\ndef f():\n    use(s)\n", "a"),
        ("s = y\ndef f():\n    s = 'a'\n    [use(s) for z in x]", "a"),
        ("s = 'a'\ns = (\n    s + 'b')\nuse(s)", "ab"),
        ("s = 'a'; use(s); s = y", "a"),
        ("use('a' if x else 'b')", "a"),
        (
            "s = 'a'\ndef f():\n    s = y\n    def g():\n        global s\n        use(s)",
            "a",
        ),
    ],
)
def test_what_is_constant_in_every_way_is_a_constant(source, value):
    found = given(source)

    assert isinstance(found, Constant)
    assert found.value == value


def test_what_is_built_in_one_branch_is_built():
    assert isinstance(given("s = 'a'\nif x:\n    s = s + y\nuse(s)"), Built)


def test_a_constant_in_place_of_a_variable_that_is_not_set_is_its_default():
    found = given("import os\nk = os.getenv('K')\nif not k:\n    k = 'd'\nuse(k)")

    assert isinstance(found, Environment)
    assert isinstance(found.default, Constant)
    assert found.default.value == "d"
