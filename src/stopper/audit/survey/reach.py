"""Which of a name's bindings may hold at a place."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Sequence

from .index import COMPREHENSIONS
from .index import parent_of
from .index import scope_of
from .module import statement_of
from .scope import Binding
from .scope import Binds
from .scope import Scope

#: How many bindings of one name are looked at. More is a name of which nothing is known.
MOST = 16

_LOOPS = (ast.For, ast.AsyncFor, ast.While)

_WITHS = (ast.With, ast.AsyncWith)


def reaching(
    owner: Scope, bindings: Sequence[Binding], node: ast.Name
) -> list[Binding]:
    """Return the bindings that may hold where ``node`` stands, the likeliest first.

    Going up from the place it ends with the first that surely ran; in a loop, those
    below may hold as well. Seen from a function that runs later, the end of the scope
    is the place. More than :data:`MOST` are cut to one more than that.

    :param owner: The scope that has the bindings, in the order of their places.
    """
    if len(bindings) == 1:
        return list(bindings)

    if node.id in owner.shared:
        return list(reversed(bindings[-MOST - 1 :]))

    later = _runs_later(owner, node)
    place = (node.lineno, node.col_offset)
    end = len(bindings)

    if not later:
        end = bisect.bisect_right(bindings, place, key=_since)

    found: list[Binding] = []
    last: Binding | None = None

    for binding in reversed(bindings[max(end - MOST - 1, 0) : end]):
        found.append(binding)

        if _surely(binding, owner, None if later else node):
            last = binding
            break

    if not later and len(found) <= MOST:
        found += _below(bindings, end, owner, node, last)

    return found or list(reversed(bindings[-MOST - 1 :]))


def _since(binding: Binding) -> tuple[int, int]:
    return binding.since


def _runs_later(owner: Scope, node: ast.Name) -> bool:
    """Say whether a function or lambda stands between the place and the scope."""
    scope: Scope | None = scope_of(node)

    while scope is not None and scope is not owner:
        if not scope.is_class and not isinstance(scope.node, COMPREHENSIONS):
            return True

        scope = scope.parent

    return False


def _surely(binding: Binding, owner: Scope, node: ast.Name | None) -> bool:
    """Say whether a binding ran whenever ``node``, or the scope's end, is reached."""
    if binding.how is Binds.PARAMETER:
        return True

    if binding.at is None or binding.how is Binds.CHANGE:
        return False

    statement = statement_of(binding.at)
    block = parent_of(statement)

    while isinstance(block, _WITHS):
        statement, block = block, parent_of(block)

    if isinstance(statement, _LOOPS):
        # The target of a loop that may run no time.
        return node is not None and _inside(node, statement)

    if node is None:
        return block is owner.node

    below: ast.AST = node
    above = parent_of(node)

    while above is not None and above is not block:
        below, above = above, parent_of(above)

    return above is not None and _field(below) == _field(statement)


def _field(node: ast.AST) -> str:
    """Return which block of its parent a statement stands in."""
    return getattr(node, "_stopper_field", "body")


def _inside(node: ast.AST, loop: ast.AST) -> bool:
    above: ast.AST | None = node

    while above is not None and above is not loop:
        above = parent_of(above)

    return above is loop


def _below(
    bindings: Sequence[Binding],
    end: int,
    owner: Scope,
    node: ast.Name,
    last: Binding | None,
) -> list[Binding]:
    """Return the bindings further down in a loop around the place."""
    if end == len(bindings):
        return []

    loop: ast.stmt | None = None
    above = parent_of(node)

    while above is not None and above is not owner.node:
        if isinstance(above, _LOOPS):
            loop = above

        above = parent_of(above)

    if loop is None or (last is not None and last.line >= loop.lineno):
        return []

    until = (loop.end_lineno or loop.lineno, 1 << 30)
    stop = bisect.bisect_right(bindings, until, key=_since)
    return list(bindings[end : min(stop, end + MOST + 1)])
