"""What a function assigns to its own names, and what of it reaches a place."""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from .index import Function
from .index import FUNCTIONS
from .index import parent_of
from .module import statement_of
from .nodes import children

#: How many assignments of one name are followed from one place. Code that a person
#: wrote has a few; a project may hold thousands, to keep its auditor busy.
NEAREST = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Assigned:
    """One value that a name is given.

    :param adds: Whether the old value stays in it, as after ``+=``.
    """

    value: ast.expr
    statement: ast.AST
    adds: bool = False

    @property
    def line(self) -> int:
        """The line from which the name has the value."""
        return getattr(self.statement, "end_lineno", 0) or 0


def enclosing(node: ast.AST) -> Iterator[Function]:
    """Yield the functions in whose bodies ``node`` stands, the nearest first."""
    above = parent_of(node)

    while above is not None:
        if isinstance(above, FUNCTIONS):
            yield above

        above = parent_of(above)


# A function is looked at many times in a row, and then no more.
@functools.lru_cache(maxsize=256)
def assigned(function: Function) -> Mapping[str, Sequence[Assigned]]:
    """Map each name to what the function itself assigns to it, in order."""
    found: dict[str, list[Assigned]] = {}

    for node in own(function):
        for name, item in _assignments(node):
            found.setdefault(name, []).append(item)

    return found


def own(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, inner functions left out, in order."""
    stack: list[ast.AST] = list(reversed(function.body))

    while stack:
        node = stack.pop()
        yield node

        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            stack.extend(reversed(children(node)))


def _assignments(node: ast.AST) -> Iterator[tuple[str, Assigned]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _targets(target, node.value, node)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield from _targets(node.target, node.value, node)
    elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, Assigned(node.value, node, adds=True)
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id, Assigned(node.value, statement_of(node))


def _targets(
    target: ast.expr, value: ast.expr, statement: ast.AST
) -> Iterator[tuple[str, Assigned]]:
    if isinstance(target, ast.Name):
        yield target.id, Assigned(value, statement)
    elif isinstance(target, ast.Tuple | ast.List):
        pairs = isinstance(value, ast.Tuple | ast.List) and (
            len(value.elts) == len(target.elts)
        )

        for number, element in enumerate(target.elts):
            # Of ``a, b = f(x)`` each name has a part of the whole.
            inner = value.elts[number] if pairs else value  # type: ignore[attr-defined]  # by pairs
            yield from _targets(element, inner, statement)


def reaching(
    items: Sequence[Assigned], node: ast.AST, function: Function
) -> tuple[list[Assigned], bool]:
    """Return what of ``items`` may hold at ``node``, the nearest first.

    Also whether one of them surely does, so that nothing from before is left.
    """
    line = getattr(node, "lineno", 0)
    inside = next(enclosing(node), None) is function
    found: list[Assigned] = []

    for item in reversed(items):
        statement = item.statement

        # An inner function runs later, when the last assignment holds.
        if inside and (item.line > line or _holds(statement, node)):
            continue

        found.append(item)

        if inside and not item.adds and _dominates(statement, node):
            return found, True

        if len(found) == NEAREST:
            break

    return found, False


def _holds(statement: ast.AST, node: ast.AST) -> bool:
    """Say whether ``node`` stands in the very assignment."""
    return not isinstance(statement, ast.If | ast.While | ast.With | ast.For) and (
        statement_of(node) is statement
    )


@functools.lru_cache(maxsize=1024)
def _blocks(node: ast.AST) -> Mapping[ast.AST, str]:
    """Map what stands in the lists of ``node`` to the name of its list."""
    return {
        item: name
        for name, field in ast.iter_fields(node)
        if isinstance(field, list)
        for item in field
        if isinstance(item, ast.AST)
    }


def _dominates(statement: ast.AST, node: ast.AST) -> bool:
    """Say whether ``statement`` always runs before ``node``: it opens a block around it."""
    block = parent_of(statement)
    below, above = node, parent_of(node)

    while above is not None:
        if above is block:
            # ``if`` and ``else`` are blocks of one statement.
            blocks = _blocks(above)
            return statement in blocks and blocks[statement] == blocks.get(below)

        below, above = above, parent_of(above)

    return False
