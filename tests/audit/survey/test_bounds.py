"""Nothing that a project holds makes the questions about it endless."""

import ast

import pytest

from projects import project

FLASK = "from flask import Flask\napp = Flask(__name__)\n"


def ask_everything(files):
    """Ask for name, type and value of every call and what it is given."""
    made = project(files)

    for site in made.nodes(ast.Call):
        _ = site.name, site.type, site.value, site.written

        for argument in site.node.args:
            _ = site.at(argument).value

    assert made.notes == ()
    return made


# Each of these took minutes, or more memory than there is, without a bound.
HOSTILE = {
    "stars in circles": {
        f"m{i}.py": f"from m{(i + 1) % 200} import *\nfrom m{(i + 7) % 200} import *\n"
        f"x{i} = 1\nx{(i + 9) % 200}(open)\n"
        for i in range(200)
    },
    "a diamond of bases": {
        "app.py": "class C0: ...\nclass D0: ...\n"
        + "".join(
            f"class C{i}(C{i - 1}, D{i - 1}): ...\nclass D{i}(C{i - 1}, D{i - 1}): ...\n"
            f"C{i}().go()\n"
            for i in range(1, 200)
        )
    },
    "a name bound very often": {"app.py": "a = eval(a)\n" * 5000},
    "an attribute bound very often": {
        "app.py": "class A:\n  def m(self):\n" + "    self.a = self.a.b()\n" * 3000
    },
    "text that doubles": {"app.py": "a = 'x' * 1000\n" + "a = a + a\neval(a)\n" * 500},
    "lists that double": {
        "app.py": "a0 = ['x']\n"
        + "".join(
            f"a{i} = [a{i - 1}, a{i - 1}]\neval(f'{{a{i}}}')\n" for i in range(1, 400)
        )
    },
    "built text that doubles": {
        "app.py": "def f(y):\n  eval(a300)\n  eval(f'{a300}')\na0 = f'{y}'\n"
        + "".join(f"a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 301))
    },
    "functions that call all others": {
        "app.py": "".join(
            f"def f{i}(): return f{i * 7 % 99}() or f{i * 11 % 99}() or f{i * 13 % 99}()\n"
            f"eval(f{i}().x)\n"
            for i in range(99)
        )
    },
    "a deep attribute": {"app.py": ("a" + ".b" * 700 + "()\n") * 10},
    "lambdas in lambdas": {"app.py": ("x = " + "lambda a: " * 150 + "a(a)\n") * 10},
    "many targets": {"app.py": "a=" * 3000 + "1\n" + "eval(a)\n"},
    "numbers too wide to be written": {
        "app.py": f"eval(0x{'f' * 9000})\neval(f'{{0x{'f' * 9000}}}')\n"
    },
    "joins of what is no text": {
        "app.py": "eval(','.join(5))\neval(','.join([1]))\neval(5 .join('a'))\n"
        "eval(('x' * 9000).join([" + "'a'," * 1500 + "]))\n"
    },
}


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_project_is_read_to_its_end(files):
    ask_everything(files)


def test_a_long_chain_of_refusals_is_followed_only_so_far():
    calls = "".join(
        f"def g{i}(f):\n" + "".join(f"  g{(i + j) % 99}(f)\n" for j in range(1, 40))
        for i in range(99)
    )
    views = "".join(f"@g{i}\n@app.get('/{i}')\ndef v{i}(): ...\n" for i in range(99))
    made = project({"app.py": FLASK + calls + views})

    assert not any(made.refusals.guarded(route.decorators) for route in made.routes)
