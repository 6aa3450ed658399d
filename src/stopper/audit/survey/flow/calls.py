"""Calls that were gone into: in which of them a function ran, and what they gave it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .call import arguments_of
from .call import Call
from .call import Calls
from .call import Entry
from .frame import Definition
from .frame import Frame
from .frame import Path


def outside(calls: Calls, frame: Frame) -> Calls:
    """Return the calls in which a function around the innermost one ran."""
    if not calls:
        return ()

    closure = calls[-1].callee.closure

    if closure and closure[-1].callee.node is frame.node:
        return closure

    for place in range(len(calls) - 1, -1, -1):
        if calls[place].frame is frame:
            return calls[:place]

        if calls[place].callee.node is frame.node:
            return calls[: place + 1]

        inner = calls[place].callee.closure or ()

        if inner and inner[-1].callee.node is frame.node:
            return inner

    return ()


def given(
    entry: Entry, known: Definition, path: Path
) -> Iterator[tuple[ast.expr, Path]]:
    """Yield what the call of an entry gives for a part of a parameter."""
    callee = entry.callee
    node = entry.node

    for made in callee.given:
        node = ast.copy_location(
            ast.Call(
                func=node.func,
                args=[*made.args[1:], *node.args],
                keywords=[*node.keywords, *made.keywords],
            ),
            node,
        )

    call = Call(entry.frame.module, node, callee.bound, True, callee.shift, callee.each)
    yield from arguments_of(call, known, path)
