"""Which ways through a function a call rules out by the constants that it gives."""

from __future__ import annotations

import ast
import typing as t

from .call import Entry
from .calls import given
from .decided import decided
from .decided import Unknown
from .decided import value_of
from .frame import Definition
from .frame import Frame
from .frame import Guard
from .frame import How

#: How many tests of one way are looked at.
_TESTS = 40


def ruled_out(frame: Frame, guard: Guard | None, entry: Entry) -> bool:
    """Say whether a call never takes the way that has passed these tests.

    ``load(x, raw=False)`` does not come by what stands under ``if raw:``.
    """
    for _ in range(_TESTS):
        if guard is None:
            return False

        if guard.truth is not None and isinstance(guard.test, ast.expr):
            truth = decided(guard.test, lambda node: _value(frame, node, entry))

            if truth is not None and truth is not guard.truth:
                return True

        guard = guard.parent

    return False


def _value(frame: Frame, node: ast.expr, entry: Entry) -> t.Any:
    """Return the constant that a call gives for a parameter.

    :raises Unknown: If it is none, or no parameter.
    """
    known = frame.uses.get(node)

    if known is None or known.how is not How.PARAMETER:
        raise Unknown

    found = list(given(entry, known, ()))

    if len(found) > 1 or any(path for _, path in found):
        raise Unknown

    value = found[0][0] if found else _default(frame, known, entry)

    if value is None:
        raise Unknown

    return value_of(value, _unknown)


def _default(frame: Frame, known: Definition, entry: Entry) -> ast.expr | None:
    """Return what a parameter is where a call gives nothing for it."""
    call = entry.node
    spread = any(isinstance(a, ast.Starred) for a in call.args)

    if spread or any(k.arg is None for k in call.keywords) or entry.callee.given:
        return None

    args = t.cast(ast.arguments, getattr(frame.node, "args", None))
    positional = [*args.posonlyargs, *args.args]
    ended = zip(reversed(positional), reversed(args.defaults), strict=False)
    alone = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return next((v for a, v in (*ended, *alone) if a.arg == known.name), None)


def _unknown(node: ast.expr) -> t.Any:
    raise Unknown
