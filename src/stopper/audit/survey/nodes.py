"""What stands below a node, faster than the standard library says it."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

#: Fields that hold no nodes, or operators: the same few objects in every tree.
_BARE = frozenset(
    [
        *("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind"),
        *("kwd_attrs", "level", "module", "op", "ops", "rest", "type_comment"),
    ]
)

#: By the type of a node, its fields that may hold others.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Constant: (),
    ast.Name: (),
}


def fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """Return the fields of a type that may hold nodes."""
    found = _FIELDS.get(kind)

    if found is None:
        found = _FIELDS[kind] = tuple(f for f in kind._fields if f not in _BARE)

    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, in the order of :func:`ast.walk`.

    Operators and contexts are left out.
    """
    known = _FIELDS
    found: list[t.Any] = [node]

    for one in found:
        if not isinstance(one, ast.AST):
            continue

        yield one
        kind = type(one)

        for field in known[kind] if kind in known else fields(kind):
            value = getattr(one, field, None)

            if isinstance(value, list):
                found += value
            elif value is not None:
                found.append(value)


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below one, operators and contexts left out."""
    found: list[t.Any] = []

    for field in fields(type(node)):
        value = getattr(node, field, None)

        if isinstance(value, list):
            found += value
        else:
            found.append(value)

    return [one for one in found if isinstance(one, ast.AST)]
