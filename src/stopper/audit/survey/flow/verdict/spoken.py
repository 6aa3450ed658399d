"""What a test speaks of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...nodes import walk
from ..frame import Definition
from ..frame import Frame
from ..frame import Guard

#: How many definitions a test may speak of.
SPOKEN = 400


class Spoken:
    """Knows of which definitions the expressions of a function are made.

    Tests are asked about again and again: what each expression reads is kept.
    """

    def __init__(self) -> None:
        self._read: dict[ast.AST, tuple[Definition, ...]] = {}

    def of(self, frame: Frame, test: ast.AST) -> frozenset[Definition]:
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
                stack += self.read(frame, item)
            elif item not in found:
                found.add(item)
                stack += [one for one, _ in item.inputs]

                if item.value is not None:
                    stack.append(item.value)

                if item.previous is not None:
                    stack.append(item.previous)

        return frozenset(found)

    def read(self, frame: Frame, node: ast.AST) -> tuple[Definition, ...]:
        """Return what the names of an expression hold, in the same function."""
        found = self._read.get(node)

        if found is None:
            uses = frame.uses
            found = tuple([uses[n] for n in walk(node) if n in uses])
            self._read[node] = found

        return found


def _tests(guard: Guard | None, until: Guard | None) -> Iterator[ast.AST]:
    """Yield the tests that were passed since another one."""
    while guard is not None and guard is not until:
        yield guard.test
        guard = guard.parent
