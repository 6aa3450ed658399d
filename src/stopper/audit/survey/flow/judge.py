"""Whether a test that was passed leaves anything of a value that could do harm.

A validator is judged and not believed: what counts is what it lets through.
"""

from __future__ import annotations

import ast

from .frame import Definition
from .frame import Frame
from .frame import Guard
from .program import Program
from .verdict.facts import any_
from .verdict.facts import every
from .verdict.facts import Facts
from .verdict.facts import NOTHING
from .verdict.question import Question
from .verdict.spoken import Spoken
from .verdict.trail import Subject
from .verdict.trail import Traces

#: Functions that are being asked, each for a parameter, a kind of harm and an answer.
_Open = frozenset[tuple[ast.AST, str, str, bool | None]]

#: A test, the one up to which those before it count, a value, and a kind of harm.
_Asked = tuple[Guard, Guard | None, Definition, str]

#: How deep functions that judge may call one another.
CALLS = 4


class Judge:
    """Judges tests, by the kind of harm that a value could do after them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[_Asked, Facts] = {}
        #: What was found where functions were not gone into, by those that were open.
        self._short: dict[tuple[_Asked, _Open], Facts] = {}
        self._spoken = Spoken()
        self._mentioned: dict[Guard, frozenset[Definition]] = {}
        self._concerns: dict[tuple[Guard, ast.AST], bool] = {}
        self._passed: dict[tuple[frozenset[Guard], Definition, str], Facts] = {}
        self._parts: dict[ast.AST, frozenset[Definition]] = {}
        self._traces: dict[Definition, Traces] = {}
        self._open: _Open = frozenset()
        self._cuts = 0

    def passed(
        self, frame: Frame, guards: frozenset[Guard], definition: Definition, kind: str
    ) -> Facts:
        """Return what the tests on all of several ways together say of a value.

        Searches come to the same value by the same tests again and again.
        """
        mark = guards, definition, kind
        found = self._passed.get(mark)

        if found is None:
            found = any_(self.facts(frame, g, definition, kind) for g in guards)
            self._passed[mark] = found

        return found

    def facts(
        self,
        frame: Frame,
        guard: Guard | None,
        definition: Definition,
        kind: str,
        until: Guard | None = None,
    ) -> Facts:
        """Return what the tests that were passed say of a value.

        :param until: A test that is left out, and so are those before it.
        """
        chain: list[Guard] = []
        known = self._known
        found = NOTHING
        cuts = self._cuts

        while guard is not None and guard is not until:
            asked = guard, until, definition, kind
            whole = known.get(asked)

            if whole is None and self._short:
                whole = self._found_short(asked)

            if whole is not None:
                found = whole
                break

            chain.append(guard)
            guard = guard.parent

        # From the outermost in: what holds after a test is kept with it.
        for guard in reversed(chain):
            if definition in self._mentions(frame, guard):
                question = self._question(frame, definition, kind)
                found |= question.holds(guard.test, guard.truth)

            if self._cuts == cuts:
                known[guard, until, definition, kind] = found
            else:
                self._short[(guard, until, definition, kind), self._open] = found

        return found

    def _found_short(self, asked: _Asked) -> Facts | None:
        """Return what was found where the same functions were not gone into."""
        found = self._short.get((asked, self._open))
        self._cuts += found is not None
        return found

    def concerns(self, frame: Frame, guard: Guard, node: ast.AST) -> bool:
        """Say whether tests speak of anything that an expression is made of."""
        mark = guard, node
        known = self._concerns.get(mark)

        if known is None:
            parts = self._parts.get(node)

            if parts is None:
                parts = self._parts[node] = self._spoken.of(frame, node)

            current: Guard | None = guard
            known = False

            while current is not None and not known:
                known = not parts.isdisjoint(self._mentions(frame, current))
                current = current.parent

            self._concerns[mark] = known

        return known

    def _mentions(self, frame: Frame, guard: Guard) -> frozenset[Definition]:
        """Return what a test speaks of, as far as it is to be seen."""
        found = self._mentioned.get(guard)

        if found is None:
            found = self._mentioned[guard] = self._spoken.of(frame, guard.test)

        return found

    def function(
        self, frame: Frame, definition: Definition, kind: str, truth: bool | None
    ) -> Facts:
        """Return what is left of a parameter's harm where a function gave this answer.

        :param truth: Whether what it gave counts as true; ``None`` if it came back at
            all.
        """
        mark = frame.node, definition.name, kind, truth

        if mark in self._open or len(self._open) >= CALLS:
            self._cuts += 1
            return NOTHING

        outer = self._open
        self._open = outer | {mark}

        try:
            return self._answered(frame, definition, kind, truth)
        finally:
            self._open = outer

    def _answered(
        self, frame: Frame, definition: Definition, kind: str, truth: bool | None
    ) -> Facts:
        if truth is None:
            return every(self.facts(frame, end, definition, kind) for end in frame.ends)

        ways: list[Facts] = []

        for given in frame.given:
            value = given.value

            if isinstance(value, ast.Constant) and bool(value.value) is not truth:
                continue

            asked = self._question(frame, definition, kind)
            before = self.facts(frame, given.guard, definition, kind)
            ways.append(before | asked.holds(value, truth))

        if frame.silent and not truth:
            ways.append(NOTHING)

        return every(ways)

    def _question(self, frame: Frame, definition: Definition, kind: str) -> Question:
        traces = self._traces.get(definition)

        if traces is None:
            traces = Traces(self._spoken, definition, frame)
            self._traces[definition] = traces

        subject = Subject(self._program, frame, definition, kind, traces)
        return Question(self, subject)
