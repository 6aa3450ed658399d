"""From which classes a class inherits, in the order in which Python asks them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .index import inner_scope
from .module import Module

Owner = tuple[Module, ast.ClassDef]

#: How many classes one class may inherit from.
MOST = 200


def ancestry(
    owner: Owner, bases: Callable[[Owner], list[Owner | str]]
) -> tuple[list[Owner], list[str]]:
    """Return a class with those of its bases that we can read, and all bases' names.

    A class comes before its bases, and they in the order in which they are named,
    which is Python's own order wherever it has one. Circles are broken.

    :param bases: Returns the bases of a class: a name where it is not the project's.
    """
    owners: list[Owner] = []
    names: list[str] = []
    seen: set[str | ast.AST] = {owner[1]}
    stack: list[tuple[Owner | str, bool]] = [(owner, False)]

    while stack:
        item, done = stack.pop()

        if isinstance(item, str):
            names.append(item)
        elif done:
            owners.append(item)
            names.append(name_of(item))
        else:
            stack.append((item, True))
            stack += [(base, False) for base in _unseen(bases(item), seen)]

    # Every class was left after its bases, and the last base was entered first.
    return owners[::-1], names[-2::-1]


def _unseen(bases: list[Owner | str], seen: set[str | ast.AST]) -> list[Owner | str]:
    found: list[Owner | str] = []

    for base in bases:
        key = base if isinstance(base, str) else base[1]

        if key not in seen and len(seen) < MOST:
            seen.add(key)
            found.append(base)

    return found


def name_of(owner: Owner) -> str:
    """Return the full dotted name of a class of the project."""
    scope = inner_scope(owner[1])
    return f"{owner[0].name}.{scope.qualname}" if scope else ""
