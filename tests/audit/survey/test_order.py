"""What a name or a value is does not depend on what was asked before."""

import ast
import random

import pytest

from projects import project

SOURCES = {
    "a circle of names": "a = b\nb = c or d\nc = a\nimport yaml\nd = yaml.load\na(1)\nb(1)\nc(1)\nd(1)",
    "functions that call each other": """
        import yaml
        def f(): return g() or yaml.load
        def g(): return h() or f()
        def h(): return f() or g() or eval
        f()(1)
        g()(1)
        h()(1)
    """,
    "a chain longer than any bound": "import yaml\na0 = yaml.load\n"
    + "".join(f"a{i} = a{i - 1}\na{i}(1)\n" for i in range(1, 150)),
    "classes that inherit in circles": "".join(
        f"class C{i}(C{(i + 1) % 7}, C{(i + 3) % 7}):\n    x{i} = C{(i + 2) % 7}.x\n"
        f"C{i}().go()\nC{i}.x{(i + 1) % 7}()\n"
        for i in range(7)
    ),
    "attributes made of attributes": """
        class A:
            def m(self):
                self.a = self.b or self.c()
                self.b = self.c or self.a
                self.c = self.a.b
                self.a(1)
                self.b(2)
                self.c(3)
    """,
    "values in a loop": """
        a = "x"
        b = "y"
        while c:
            a, b = b + a, a + "z"
            b = a
            eval(a)
            eval(b)
        eval(a)
        eval(b)
    """,
    "values longer than any bound": "a0 = 'x'\n"
    + "".join(f"a{i} = a{i - 1} + ''\neval(a{i})\n" for i in range(1, 150)),
}


def answers(source, seed):
    """Return what every expression is, asked in an order of its own."""
    made = project({"app.py": source})
    module = made.modules[0]
    nodes = [n for n in ast.walk(module.tree) if isinstance(n, ast.expr)]
    order = list(range(len(nodes)))
    random.Random(seed).shuffle(order)  # an order, no secret
    found = {}

    for number in order:
        site = made.site(module, nodes[number])
        value = site.value
        shown = (type(value).__name__, getattr(value, "value", None))
        found[number] = site.type, shown

    return found


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_the_order_of_questions_changes_no_answer(source):
    first = answers(source, 0)

    for seed in range(1, 6):
        assert answers(source, seed) == first
