"""Values are found as far as the source alone says."""

import ast

import pytest

from projects import project
from stopper.audit.survey.values import Built
from stopper.audit.survey.values import Constant
from stopper.audit.survey.values import Environment


def value(files, path="app.py"):
    """Return the value of the expression on the last line."""
    made = project(files if isinstance(files, dict) else {"app.py": files})
    module = next(m for m in made.modules if m.path == path)
    return made.site(module, module.tree.body[-1].value).value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("'a'", "a"),
        ("b'a'", b"a"),
        ("'a' + 'b'", "ab"),
        ("f'{1}b'", "1b"),
        ("x = 'a'\nx + 'b'", "ab"),
        ("'a' * 3", "aaa"),
        ("60 * 60 * 24", 86400),
        ("-1", -1),
        ("not True", False),
        ("['a', 'b']", ["a", "b"]),
        ("{'a': 1}", {"a": 1}),
        ("', '.join(['a', 'b'])", "a, b"),
        ("class C:\n    K = 'k'\nC.K", "k"),
        ("str('a')", "a"),
        ("'a'.encode()", "a"),
    ],
)
def test_constants_are_folded(source, expected):
    found = value(source)

    assert isinstance(found, Constant)
    assert found.value == expected


def test_a_constant_of_another_module_is_followed_to_where_it_is_written():
    found = value({"conf.py": "\nKEY = 'k'", "app.py": "import conf\nconf.KEY"})

    assert isinstance(found, Constant)
    assert (found.module.path, found.node.lineno) == ("conf.py", 2)


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.getenv('K', 'd')",
        "import os\nos.environ.get('K', 'd')",
        "from os import environ\nenviron.get('K', default='d')",
        "import os\nos.environ.get('K') or 'd'",
    ],
)
def test_the_default_of_an_environment_variable_is_seen(source):
    found = value(source)

    assert isinstance(found, Environment)
    assert found.variable == "K"
    assert isinstance(found.default, Constant)
    assert found.default.value == "d"


def test_a_required_environment_variable_has_no_default():
    found = value("import os\nos.environ['K']")

    assert isinstance(found, Environment)
    assert found.default is None


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("f'a {x} b'", "f-string"),
        ("'a ' + x", "+"),
        ("'a %s' % x", "%"),
        ("'a {}'.format(x)", "format"),
        ("' '.join(['a', x])", "join"),
    ],
)
def test_built_text_keeps_its_parts(source, how):
    found = value(f"def f(x):\n    ...\n{source}")

    assert isinstance(found, Built)
    assert found.how == how
    assert [type(p) for p in found.parts if not isinstance(p, str)] == [ast.Name]
    assert "a" in "".join(p for p in found.parts if isinstance(p, str))


@pytest.mark.parametrize(
    "source", ["def f(x):\n    ...\nx", "x = x\nx", "a, b = f()\na", "x = 1\nx += y\nx"]
)
def test_what_the_source_does_not_say_is_unknown(source):
    assert value(source) is None


def test_a_huge_constant_is_not_built():
    assert value("'a' * 10_000_000_000") is None


def test_a_flood_of_powers_is_not_computed():
    assert value("10 * 10 ** 400000000") is None
