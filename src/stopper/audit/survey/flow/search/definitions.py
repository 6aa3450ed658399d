"""Follows a definition of a name to what it was defined by."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterable

from ...nodes import walk
from ..call import Callee
from ..change import number
from ..flow import Flow
from ..frame import ANY
from ..frame import Definition
from ..frame import EACH
from ..frame import How
from ..frame import Path
from ..judge import Judge
from ..verdict.facts import enough
from ..verdict.facts import Facts
from ..verdict.facts import NOTHING
from .descent import CALLS
from .descent import Descent
from .parameters import Parameters
from .part import behind
from .part import matches
from .part import shifted
from .texts import HEADS
from .texts import splits
from .trail import DOUBTS
from .trail import FAN
from .trail import more
from .trail import Spot
from .trail import Trail
from .variables import Variables


class Definitions:
    """Definitions of names within a function."""

    def __init__(
        self,
        trail: Trail,
        judge: Judge,
        descent: Descent,
        parameters: Parameters,
        variables: Variables,
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._kind = trail.kind
        self._head = trail.kind in HEADS
        self._judge = judge
        self._descent = descent
        self._parameters = parameters
        self._variables = variables

    def definition(self, spot: Spot, known: Definition) -> Iterable[Flow]:
        """Go on to what a name was defined by, unless it was tested since."""
        facts = self._facts(spot, known)

        if enough(facts, self._kind):
            return ()

        if facts:
            # From here on there is a doubt; the tests have had their say.
            spot = dataclasses.replace(spot, doubts=spot.doubts + 1)

            if spot.doubts > DOUBTS or self._trail.sure:
                return ()

        if known.how is How.PARAMETER:
            return self._parameters.parameter(spot, known)

        self._defined(spot, known)
        return ()

    def _facts(self, spot: Spot, known: Definition) -> Facts:
        """Return what the tests that were passed say of a stranger's value."""
        if self._trail.made is not None or not spot.guards:
            return NOTHING

        return self._judge.passed(spot.frame, spot.guards, known, self._kind)

    def _defined(self, spot: Spot, known: Definition) -> None:
        match known.how:
            case How.VALUE:
                self._value(spot, known)
            case How.ELEMENT:
                assert known.value is not None  # noqa: S101  # by How
                hop = self._trail.made_of(spot, known)
                inner = (EACH, *known.path, *spot.path)
                self._trail.go(spot, known.value, inner, hop=hop)
            case How.CONTEXT:
                self._context(spot, known)
            case How.MERGE:
                for one, passed in known.inputs:
                    self._trail.go(spot, one, guards=more(spot.guards, passed))
            case How.CHANGE:
                self._changed(spot, known)
            case How.ADDED:
                self._added(spot, known)
            case How.PASSED:
                self._handed(spot, known)
            case How.CAUGHT:
                self._caught(spot, known)
            case How.OUTER:
                self._variables.outer(spot, known)
            case _:
                pass

    def _value(self, spot: Spot, known: Definition) -> None:
        assert known.value is not None  # noqa: S101  # by How
        path = spot.path
        hop = self._trail.made_of(spot, known)
        inner = behind(path, known.shift) if known.shift else path
        self._trail.go(spot, known.value, (*known.path, *inner), hop=hop)

        # A part of what is taken apart is a part of a text.
        if known.path and not path and splits(known.value):
            self._trail.go(spot, known.value, (), hop=hop)

    def _context(self, spot: Spot, known: Definition) -> None:
        """Go on to what ``with`` gives a name to."""
        assert known.value is not None  # noqa: S101  # by How
        inner = (*known.path, *spot.path)
        made = known.value

        if not self._descent.dunder(spot, made, "__enter__", made, [], inner):
            hop = self._trail.made_of(spot, known)
            self._trail.go(spot, made, inner, hop=hop)

    def _added(self, spot: Spot, known: Definition) -> None:
        """Go on to what was put behind a value, and to what it was before."""
        assert known.previous is not None  # noqa: S101  # by How
        assert known.value is not None  # noqa: S101  # by How

        if not (self._head and not spot.path):
            hop = self._trail.made_of(spot, known)
            self._trail.go(spot, known.value, shifted(spot.path), hop=hop)

        self._trail.go(spot, known.previous)

    def _changed(self, spot: Spot, known: Definition) -> None:
        """Go on to what was put into a value, and to what it was before."""
        assert known.previous is not None  # noqa: S101  # by How
        keys, path = known.keys, spot.path

        # Answered as a whole, a mapping or a list goes out as JSON, and an object as what
        # it says of itself.
        apart = _mapping(known.root) or _list(known) or _attribute(known)

        if not path and self._kind == "html" and apart:
            self._trail.go(spot, known.previous)
            return

        if all(matches(a, b) for a, b in zip(keys, path, strict=False)):
            self._put_in(spot, known)

            if _replaced(known, path):
                return

        behind_it = path[len(keys) :]

        if known.shuffles and behind_it and number(behind_it[0]) is not None:
            path = (*path[: len(keys)], ANY, *behind_it[1:])

        self._trail.go(spot, known.previous, path)

    def _put_in(self, spot: Spot, known: Definition) -> None:
        path = spot.path
        hop = self._trail.made_of(spot, known)

        keyed = path[:1] == (EACH,) and isinstance(known.node, ast.Subscript)

        # Going over a mapping gives its keys, which may be a stranger's as well.
        if keyed:
            self._trail.go(spot, t.cast(t.Any, known.node).slice, (), hop=hop)

        if known.value is not None and not (keyed and _mapping(known.root)):
            inner = (*known.path, *path[len(known.keys) :])
            self._trail.go(spot, known.value, inner, hop=hop)

    def _handed(self, spot: Spot, known: Definition) -> None:
        """Go to what a function did to what it was given, and to what it was before."""
        assert known.previous is not None  # noqa: S101  # by How
        assert known.parameter is not None  # noqa: S101  # by How
        self._trail.go(spot, known.previous)
        module, node, name, bound = known.parameter
        frame = self._program.frame(module, node)
        call = t.cast(ast.Call, known.value)

        if len(spot.calls) >= CALLS:
            return

        calls = self._descent.into(spot, call, Callee(module, node, bound), spot.guards)
        hop = self._trail.hop(spot, call, f"`{node.name}` changes `{known.name}`.")

        for made in frame.defined.get(name, ()):
            if made.how in {How.CHANGE, How.PASSED}:
                self._trail.jump(spot, frame, made, spot.path, calls, hop)

    def _caught(self, spot: Spot, known: Definition) -> None:
        """Go to what an exception was raised with."""
        module = spot.frame.module

        for statement in known.body:
            for node in walk(statement):
                if isinstance(node, ast.Raise) and node.exc is not None:
                    self._trail.go(spot, node.exc)
                elif isinstance(node, ast.Call) and len(spot.calls) < CALLS:
                    for callee in self._program.callees(module, node)[:FAN]:
                        if callee.sure:
                            self._thrown(spot, node, callee)

    def _thrown(self, spot: Spot, node: ast.Call, callee: Callee) -> None:
        """Go to what a function that was called raises."""
        frame = self._program.frame(callee.module, callee.node)
        calls = self._descent.into(spot, node, callee, spot.guards)
        hop = self._trail.hop(spot, node, f"`{callee.name}` raises it.")

        for given_ in frame.raised:
            guards = more(frozenset(), given_.guard)
            self._trail.jump(
                spot, frame, given_.value, spot.path, calls, hop, guards=guards
            )


def _list(known: Definition) -> bool:
    """Say whether an object was made as a list."""
    return isinstance(known.root.value, ast.List | ast.ListComp)


def _mapping(root: Definition) -> bool:
    """Say whether an object was made as a mapping."""
    made = root.value

    if isinstance(made, ast.Call):
        named = getattr(made.func, "attr", getattr(made.func, "id", ""))
        return named in {"dict", "OrderedDict", "defaultdict", "Counter"}

    return isinstance(made, ast.Dict | ast.DictComp)


def _attribute(known: Definition) -> bool:
    """Say whether an attribute of an object was set that is not its body."""
    first = known.keys[0] if known.keys else ""
    return first.startswith(".") and first not in {".data", ".response"}


def _replaced(known: Definition, path: Path) -> bool:
    """Say whether what was there before is gone."""
    keys = known.keys

    # It is known to be the same part.
    if not known.weak and len(path) >= len(keys):
        parts = (*keys, *path[: len(keys)])

        if ANY not in parts and EACH not in parts:
            return True

    # The last one is the one that was put there last.
    return path[:1] == ("[-1]",) and len(keys) == 1 and known.last
