"""What a test speaks of."""

from __future__ import annotations

import ast

from ..frame import Definition
from ..frame import Frame

#: How many definitions a test may speak of.
SPOKEN = 400


def spoken_of(frame: Frame, test: ast.AST) -> set[Definition]:
    """Return the definitions that an expression is made of, in the same function."""
    found: set[Definition] = set()
    stack: list[ast.AST | Definition] = [
        test.iter if isinstance(test, ast.For) else test
    ]

    if isinstance(test, ast.For):
        for _, end, until in frame.rounds.get(test, ()):
            while end is not None and end is not until:
                stack.append(end.test)
                end = end.parent

    while stack and len(found) < SPOKEN:
        item = stack.pop()

        if not isinstance(item, Definition):
            stack += [
                frame.uses[n]
                for n in ast.walk(item)
                if isinstance(n, ast.Name) and n in frame.uses
            ]
        elif item not in found:
            found.add(item)
            stack += [one for one, _ in item.inputs]

            if item.value is not None:
                stack.append(item.value)

            if item.previous is not None:
                stack.append(item.previous)

    return found
