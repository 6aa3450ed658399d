"""What a value went through on its way into a test."""

from __future__ import annotations

import ast
import typing as t

from ...value import Constant
from ..frame import Definition
from ..frame import Frame
from ..frame import How
from ..program import Program
from .spoken import Spoken

#: How many expressions the look goes through from a test to what it asks about.
DEPTH = 12

Trail = tuple[str, ...]

#: What changes a text so little that a comparison still speaks of it.
SAME = frozenset(
    {
        *("*.lower", "*.upper", "*.strip", "*.casefold", "*.rstrip", "*.lstrip"),
        *("builtins.str", "*.decode", "*.encode", "os.fspath"),
    }
)

#: What gives a path its normal form.
NORMAL = frozenset(
    {
        "os.path.realpath",
        "os.path.abspath",
        "os.path.normpath",
        "*.resolve",
        "pathlib.Path.resolve",
        "*.absolute",
    }
)

#: Parts of an address that say whose it is.
HOSTS = frozenset({".netloc", ".hostname", ".host"})

#: ``x.replace("\\", "/")``: what is asked of it, is asked of what a browser sees.
BACKSLASH = "*.replace(backslash)"


class Traces:
    """What is known of the ways of one value, whatever harm it could do.

    :param spoken: Knows what expressions are made of.
    """

    def __init__(self, spoken: Spoken, definition: Definition, frame: Frame) -> None:
        self.spoken = spoken
        self.trails: dict[ast.expr, Trail | None] = {}
        self._frame = frame
        self._inside = {definition}
        self._apart: set[Definition] = set()

    def inside(self, known: Definition) -> bool:
        """Say whether another definition may be made of the value.

        Most are not, and a trail need not look into those.
        """
        if known in self._inside:
            return True

        if known in self._apart:
            return False

        seen: set[Definition] = set()
        stack = [known]

        while stack:
            one = stack.pop()

            if one in self._inside:
                self._inside.add(known)
                return True

            if one not in seen and one not in self._apart:
                seen.add(one)
                stack += self._made_of(one)

        self._apart |= seen
        return False

    def _made_of(self, known: Definition) -> t.Iterable[Definition]:
        """Return what a trail may go on to from a definition."""
        if known.how is How.MERGE:
            return [one for one, _ in known.inputs]

        if known.value is not None and _kept(known):
            return self.spoken.read(self._frame, known.value)

        return ()


class Subject:
    """One value of a function, of which a test may speak.

    :param kind: The kind of harm that it could do: ``"sql"``, ``"path"``.
    :param traces: What is known of the value already.
    """

    def __init__(
        self,
        program: Program,
        frame: Frame,
        definition: Definition,
        kind: str,
        traces: Traces,
    ) -> None:
        self.program = program
        self.frame = frame
        self.definition = definition
        self.kind = kind
        self.names = program.names
        self._merged: dict[Definition, Trail | None] = {}
        self._traces = traces

    def of(self, definition: Definition) -> Subject:
        """Return another value of the same function, for the same kind of harm."""
        traces = Traces(self._traces.spoken, definition, self.frame)
        return Subject(self.program, self.frame, definition, self.kind, traces)

    def name(self, node: ast.expr) -> str:
        """Return what an expression names, the empty text if that is not known."""
        return self.names.name_of(self.frame.module, node) or ""

    def constant(self, node: ast.expr) -> Constant | None:
        """Return the constant that an expression is, if it is one."""
        return self.program.project.values.constant(self.frame.module, node)

    def trail(self, node: ast.expr) -> Trail | None:
        """Return what the value went through on its way into an expression.

        :return: ``None`` if it is not in there.
        """
        trails = self._traces.trails

        if node not in trails:
            # What was found on the way to something else may have been cut off.
            self._merged = {}
            trails[node] = self._trail(node, 0)

        return trails[node]

    def _trail(self, node: ast.expr, depth: int) -> Trail | None:
        if depth > DEPTH:
            return None

        match node:
            case ast.Name():
                return self._trail_of_name(node, depth)
            case ast.Attribute():
                return _then(self._trail(node.value, depth + 1), f".{node.attr}")
            case ast.Subscript():
                return _then(self._trail(node.value, depth + 1), "[]")
            case ast.Call():
                return self._trail_of_call(node, depth)
            case ast.NamedExpr() | ast.Await() | ast.Starred():
                return self._trail(node.value, depth + 1)
            case ast.BinOp():
                parts = [node.left, node.right]
            case ast.BoolOp():
                # ``x or ""`` is x, as far as a comparison goes.
                found = (self._trail(v, depth + 1) for v in node.values)
                return next((trail for trail in found if trail is not None), None)
            case ast.JoinedStr():
                parts = [
                    v.value for v in node.values if isinstance(v, ast.FormattedValue)
                ]
            case ast.Tuple() | ast.List():
                parts = node.elts
            case ast.IfExp():
                parts = [node.body, node.orelse]
            case _:
                return None

        trails = [self._trail(part, depth + 1) for part in parts]
        steps = [step for trail in trails if trail is not None for step in trail]
        return None if all(x is None for x in trails) else (*steps, "+")

    def _trail_of_name(self, node: ast.Name, depth: int) -> Trail | None:
        known = self.frame.uses.get(node)

        if known is None:
            return None

        return self._trail_of(known, depth)

    def _trail_of(self, known: Definition, depth: int) -> Trail | None:
        if known is self.definition:
            return ()

        if depth > DEPTH or not self._traces.inside(known):
            return None

        if known.how is How.MERGE:
            if known not in self._merged:
                # Of a loop it is a part of itself.
                self._merged[known] = None
                self._merged[known] = self._first(known, depth)

            return self._merged[known]

        if known.value is None or not _kept(known):
            return None

        found = self._trail(known.value, depth + 1)
        return _then(found, "[]") if known.path else found

    def _first(self, known: Definition, depth: int) -> Trail | None:
        for one, _ in known.inputs:
            found = self._trail_of(one, depth + 2)

            if found is not None:
                return found

        return None

    def _trail_of_call(self, node: ast.Call, depth: int) -> Trail | None:
        func = node.func

        if isinstance(func, ast.Attribute):
            found = self._trail(func.value, depth + 1)

            if found is not None:
                return (*found, _method(node, func))

        for argument in (*node.args, *(k.value for k in node.keywords)):
            found = self._trail(argument, depth + 1)

            if found is not None:
                return (*found, self.name(func))

        return None

    def names_in(self, node: ast.expr, depth: int = 0) -> set[str]:
        """Return the names of what a value went through, as far as it is to be seen."""
        found: set[str] = set()

        if depth > DEPTH:
            return found

        if isinstance(node, ast.Name):
            known = self.frame.uses.get(node)

            if known is not None and known.value is not None:
                return self.names_in(known.value, depth + 1)
        elif isinstance(node, ast.Call):
            found.add(self.name(node.func))

            if isinstance(node.func, ast.Attribute):
                found.add(f"*.{node.func.attr}")
                found |= self.names_in(node.func.value, depth + 1)

            for argument in node.args[:2]:
                found |= self.names_in(argument, depth + 1)

        return found


def _method(node: ast.Call, func: ast.Attribute) -> str:
    first = node.args[0] if node.args else None
    backslash = isinstance(first, ast.Constant) and first.value == "\\"
    return BACKSLASH if func.attr == "replace" and backslash else f"*.{func.attr}"


def _kept(known: Definition) -> bool:
    """Say whether a name holds what it was made of, and not an item of it."""
    return known.how is How.VALUE or known.how is How.CONTEXT


def _then(trail: Trail | None, more: str) -> Trail | None:
    return None if trail is None else (*trail, more)
