"""Which branch is taken where constants decide it."""

from __future__ import annotations

import ast
import operator
import typing as t
from collections.abc import Callable

from .frame import Definition
from .frame import How

#: How many expressions are gone through.
DEPTH = 8

#: The largest number, and the longest text, that is worked with.
LARGE = 1 << 40
LONG = 1_000

Lookup = Callable[[ast.expr], t.Any]


class Unknown(Exception):
    """It cannot be said."""


_OPERATIONS: dict[type[ast.AST], Callable[[t.Any, t.Any], t.Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}


def decided(test: ast.expr, lookup: Lookup) -> bool | None:
    """Say what a test comes out as, ``None`` if that is not constant."""
    try:
        return bool(value_of(test, lookup))
    except (Unknown, TypeError, ValueError, ArithmeticError, LookupError):
        return None


def value_of(node: ast.expr, lookup: Lookup, depth: int = 0) -> t.Any:
    """Return the value of a constant expression.

    :raises Unknown: If it is none.
    """
    if depth > DEPTH:
        raise Unknown

    match node:
        case ast.Constant():
            return node.value
        case ast.Name() | ast.Attribute():
            return lookup(node)
        case ast.UnaryOp(op=ast.Not()):
            return not value_of(node.operand, lookup, depth + 1)
        case ast.UnaryOp(op=ast.USub()):
            return -value_of(node.operand, lookup, depth + 1)
        case ast.BoolOp():
            return _chain(node, lookup, depth)
        case ast.Compare():
            return _compared(node, lookup, depth)
        case ast.BinOp():
            left = value_of(node.left, lookup, depth + 1)
            right = value_of(node.right, lookup, depth + 1)
            return _operated(node.op, left, right)
        case ast.Subscript() if not isinstance(node.slice, ast.Slice):
            whole = value_of(node.value, lookup, depth + 1)
            return whole[value_of(node.slice, lookup, depth + 1)]
        case ast.Tuple() | ast.List():
            return [value_of(e, lookup, depth + 1) for e in node.elts[:DEPTH]]
        case _:
            raise Unknown


def _chain(node: ast.BoolOp, lookup: Lookup, depth: int) -> t.Any:
    """Return what ``and`` and ``or`` give: one operand may decide, whatever others are."""
    ends = isinstance(node.op, ast.Or)
    value: t.Any = not ends
    known = True

    for operand in node.values:
        try:
            value = value_of(operand, lookup, depth + 1)
        except Unknown:
            known = False
            continue

        if bool(value) is ends:
            return ends if not known else value

    if not known:
        raise Unknown

    return value


def _compared(node: ast.Compare, lookup: Lookup, depth: int) -> bool:
    left = value_of(node.left, lookup, depth + 1)

    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = value_of(right_node, lookup, depth + 1)

        if not _operated(op, left, right):
            return False

        left = right

    return True


def _operated(op: ast.AST, left: t.Any, right: t.Any) -> t.Any:
    operation = _OPERATIONS.get(type(op))

    if operation is None or not (_small(left) and _small(right)):
        raise Unknown

    if isinstance(op, ast.Mult) and not all(
        isinstance(x, int | float) for x in (left, right)
    ):
        raise Unknown

    return operation(left, right)


def _small(value: t.Any) -> bool:
    if isinstance(value, int | float):
        return abs(value) < LARGE

    return not hasattr(value, "__len__") or len(value) < LONG


def constant_of(known: Definition | None) -> ast.expr | None:
    """Return the expression that a name surely is, if it is one."""
    if known is None or known.how is not How.VALUE or known.path:
        return None

    return known.value
