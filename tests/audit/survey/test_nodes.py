"""The quick walk comes by what the standard library's comes by, in the same order."""

from __future__ import annotations

import ast
import pathlib

import pytest

from stopper.audit.survey.nodes import children
from stopper.audit.survey.nodes import walk

ROOT = pathlib.Path(__file__).parents[3]

#: Every kind of node that the parser makes somewhere.
ODD = """
@a(b, *c, d=e, **f)
async def g(h: i, /, j=1, *k, l=2, **m) -> n:
    global o
    async for p in q: await r
    match s:
        case t.u | [1, *v] | {"w": x, **y} | z(1, a=b) | None: pass
        case _ if c: pass
    try: raise d from e
    except (f, g) as h: nonlocal_ = lambda i, *, j=1, k: i
    else: del l
    finally: return {**m, n: o}
class P(Q, metaclass=R):
    s: T = 1
    u: V
    w += f"{x!r:{y}}" if not z < a <= b else c[d:e, ::f]
import aa.bb as cc
from . import dd as ee, ff
[(yield) for a, (b, *c) in d if e if f async for g in h]
with a as b, c: (d := {e for e in f}) and {g: h for g in i} or (j for j in k)
"""

LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)


def trees():
    yield ast.parse(ODD)

    for path in sorted((ROOT / "src").rglob("*.py")):
        yield ast.parse(path.read_bytes())


def kept(nodes):
    return [node for node in nodes if not isinstance(node, LEFT_OUT)]


def test_all_nodes_are_walked_in_order():
    for tree in trees():
        assert list(walk(tree)) == kept(ast.walk(tree))


def test_children_are_those_right_below():
    for node in ast.walk(ast.parse(ODD)):
        assert children(node) == kept(ast.iter_child_nodes(node))


@pytest.mark.parametrize("field", ["body", "test"])
def test_a_node_that_lacks_a_field_is_walked_all_the_same(field):
    made = ast.If(test=ast.Name("a", ast.Load()), body=[], orelse=[])
    delattr(made, field)
    assert next(iter(walk(made))) is made
