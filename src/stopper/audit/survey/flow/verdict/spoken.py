"""What a test speaks of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..frame import Definition
from ..frame import Frame
from ..frame import Guard

#: How many definitions a test may speak of.
SPOKEN = 400


def spoken_of(frame: Frame, test: ast.AST) -> set[Definition]:
    """Return the definitions that an expression is made of, in the same function."""
    found: set[Definition] = set()
    stack: list[ast.AST | Definition] = [test]

    while stack and len(found) < SPOKEN:
        item = stack.pop()

        if isinstance(item, ast.For):
            stack.append(item.iter)

            for _, end, until in frame.rounds.get(item, ()):
                stack += _tests(end, until)
        elif isinstance(item, ast.If):
            ends, until = frame.ways[item]

            for end in ends:
                stack += _tests(end, until)
        elif not isinstance(item, Definition):
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


def _tests(guard: Guard | None, until: Guard | None) -> Iterator[ast.AST]:
    """Yield the tests that were passed since another one."""
    while guard is not None and guard is not until:
        yield guard.test
        guard = guard.parent
