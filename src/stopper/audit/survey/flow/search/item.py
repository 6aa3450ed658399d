"""Says which item of a container a subscript means."""

from __future__ import annotations

import ast
import typing as t

from ..change import key
from ..decided import constant_of
from ..decided import Unknown
from ..decided import value_of
from ..frame import ANY
from ..frame import Frame
from ..frame import How
from ..program import Program


def item_of(program: Program, frame: Frame, node: ast.expr) -> str:
    """Return which item a subscript names, also by a name for it."""
    if isinstance(node, ast.Name | ast.Attribute):
        try:
            found = value_of(node, lambda n: _constant(program, frame, n))
        except (Unknown, TypeError, ValueError, ArithmeticError, LookupError):
            return ANY

        return f"[{found}]" if isinstance(found, str | int) else ANY

    return key(node)


def _constant(program: Program, frame: Frame, node: ast.expr) -> t.Any:
    known = frame.uses.get(node)

    if known is None or known.how is How.OUTER:
        return program.constant(frame.module, node)

    value = constant_of(known)

    if value is None or isinstance(value, ast.List):
        raise Unknown

    return value_of(value, lambda n: _constant(program, frame, n))
