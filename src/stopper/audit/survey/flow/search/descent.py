"""Goes into the project's functions, and out of them again."""

from __future__ import annotations

import ast
import dataclasses
import typing as t

from ...links import placed
from ...nodes import walk
from ..call import Callee
from ..call import Calls
from ..call import Entry
from ..call import is_method
from ..calls import given
from ..calls import outside
from ..frame import arguments
from ..frame import Definition
from ..frame import Guard
from ..frame import How
from ..frame import Path
from ..judge import Judge
from ..ruled import ruled_out
from ..words import ran
from .part import is_item
from .trail import more
from .trail import Nodes
from .trail import nodes_of
from .trail import Spot
from .trail import Trail
from .trail import WAYS

#: How many calls a search goes into without having come out of them.
CALLS = 8

#: How often a search goes into a function out of itself, where parameters change places.
AGAIN = 1


class Descent:
    """The calls that one search goes into and comes out of."""

    def __init__(self, trail: Trail, judge: Judge) -> None:
        self._trail = trail
        self._program = trail.program
        self._judge = judge
        #: By the calls that were gone into: the tests and doubts with which they were,
        #: and where they were gone out of again.
        self._ways: dict[Nodes, list[tuple[frozenset[Guard], int]]] = {}
        self._returns: dict[Nodes, list[tuple[Spot, Definition]]] = {}
        #: Calls that are not written as such: of a property, of ``__str__``.
        self._implied: dict[tuple[ast.AST, ast.AST], ast.Call] = {}

    def into(
        self, spot: Spot, node: ast.Call, callee: Callee, guards: frozenset[Guard]
    ) -> Calls:
        """Return the calls that were gone into, and one more.

        What is found inside is found once: who comes later with other tests behind
        him goes out again where the first one did.
        """
        # Tests of anything else say nothing of what the call was given.
        kept = [g for g in guards if self._judge.concerns(spot.frame, g, node)]
        guards = frozenset(kept)
        calls = (*spot.calls, Entry(spot.frame, node, callee, guards))
        mark = nodes_of(calls)
        ways = self._ways.setdefault(mark, [])

        if not any(before <= guards for before, _ in ways):
            guards = guards if len(ways) < WAYS else frozenset()
            ways.append((guards, spot.doubts))

            for back, known in self._returns.get(mark, ()):
                self._out(back, known, guards, spot.doubts)

        return calls

    def enter(
        self,
        spot: Spot,
        node: ast.Call,
        callee: Callee,
        *,
        doubts: int = 0,
        path: Path | None = None,
    ) -> None:
        """Go to what a function gives back.

        :param path: Which part of it is asked for, where it is not the spot's.
        """
        inside = [entry.callee.node for entry in spot.calls]
        again = inside.count(callee.node)

        if again and (again > AGAIN or not _swaps(node, callee)):
            return

        if len(inside) >= CALLS or (doubts and self._trail.sure):
            return

        asked = spot.path if path is None else path

        # Answered as a whole, it goes out as JSON.
        if self._trail.kind == "html" and not asked and _gives_data(callee.node):
            return

        frame = self._program.frame(callee.module, callee.node)
        outer = more(spot.guards, spot.frame.guards.get(node))
        calls = self.into(spot, node, callee, outer)
        hop = ran(spot.frame.module, node, callee.name, "gives it back.")

        recursive = self._program.recursive(callee.module, callee.node)

        for back in frame.given:
            # One that calls itself does so with other constants.
            if not recursive and ruled_out(frame, back.guard, calls[-1]):
                continue

            # Of a generator each item is one; a context manager has but one.
            inner = asked[1:] if back.element and is_item(asked) else asked
            guards = more(frozenset(), back.guard)
            self._trail.jump(
                spot, frame, back.value, inner, calls, hop, guards=guards, doubts=doubts
            )

    def implicit(
        self, node: ast.expr, function: ast.AST, args: list[ast.expr]
    ) -> ast.Call:
        """Return the call that is made though none is written."""
        call = self._implied.get((node, function))

        if call is None:
            call = placed(ast.Call(func=node, args=args, keywords=[]), node)
            self._implied[node, function] = call

        return call

    def dunder(
        self,
        spot: Spot,
        node: ast.expr,
        name: str,
        place: ast.expr,
        args: list[ast.expr],
        path: Path | None = None,
    ) -> bool:
        """Go into a method that Python calls of an object; say if there is one."""
        if not self._program.has_method(name):
            return False

        found = False

        for owner in self._program.types.of(spot.frame.module, node):
            method = self._program.method(*owner, name)

            if method is not None:
                found = True
                call = self.implicit(place, method[1], args)
                self.enter(spot, call, Callee(*method, True, node), path=path)

        return found

    def back(self, spot: Spot, known: Definition) -> None:
        """Go back to the call that was gone into, to what it gives for the parameter."""
        if known.frame.node is not spot.calls[-1].callee.node:
            return

        mark = spot.nodes
        self._returns.setdefault(mark, []).append((spot, known))

        # A closure's call is not one that was gone into.
        alone = [(spot.calls[-1].guards, spot.doubts)]

        for guards, doubts in tuple(self._ways.get(mark, alone)):
            self._out(spot, known, guards, doubts)

    def _out(
        self, spot: Spot, known: Definition, guards: frozenset[Guard], doubts: int
    ) -> None:
        """Go out of a call, with the tests that were passed where it is made."""
        entry = spot.calls[-1]
        frame, node, callee, _ = entry
        calls = spot.calls[:-1]

        if doubts > spot.doubts:
            spot = dataclasses.replace(spot, doubts=doubts)

        first = next(iter(known.frame.parameters), None)

        if callee.bound and known.name == first and is_method(callee.node):
            self._receiver(spot, entry, calls, guards)
            return

        what = f"is called with it, as `{known.name}`."
        hop = ran(frame.module, node, callee.name, what)
        found = False

        for argument, path in given(entry, known, spot.path):
            found = True
            around = frame

            # What was bound beforehand may have been so elsewhere.
            if callee.given:
                around = self._program.around(frame.module, argument)

            inner = calls if around is frame else ()
            self._trail.jump(spot, around, argument, path, inner, hop, guards=guards)

        if not found:
            self.default(spot, known, calls)

    def _receiver(
        self, spot: Spot, entry: Entry, calls: Calls, guards: frozenset[Guard]
    ) -> None:
        """Go out to the object whose method was called."""
        receiver = entry.callee.receiver

        if receiver is not None:
            around = self._program.around(entry.frame.module, receiver)
            inner = calls if around is entry.frame else ()
            self._trail.jump(
                spot, around, receiver, spot.path, inner, None, guards=guards
            )

    def default(self, spot: Spot, known: Definition, calls: Calls = ()) -> None:
        """Go to a parameter's default."""
        for argument, default in _defaults(known.frame.node):
            if argument.arg != known.name:
                continue

            if self._asked(default):
                frame = self._program.around(known.frame.module, known.frame.node)
                inner = outside(spot.calls, frame) if spot.calls else calls
                self._trail.jump(spot, frame, default, spot.path, inner, None)

            # A list that is a default is the same one at every call.
            if isinstance(default, ast.List | ast.Dict):
                for made in known.frame.defined.get(known.name, ()):
                    if made.how is How.CHANGE:
                        self._trail.jump(spot, known.frame, made, spot.path, (), None)

    def _asked(self, default: ast.expr) -> bool:
        """Say whether a default may be what the search looks for."""
        made = self._trail.made

        if isinstance(default, ast.Constant):
            return made is not None and made.is_off(default)

        return True


def _defaults(node: ast.AST) -> list[tuple[ast.arg, ast.expr]]:
    """Return the parameters of a function that have a default, and which."""
    args = t.cast(t.Any, node).args
    positional = [*args.posonlyargs, *args.args]
    first = len(positional) - len(args.defaults)
    named = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return [
        *zip(positional[first:], args.defaults, strict=True),
        *((a, d) for a, d in named if d),
    ]


def _swaps(node: ast.Call, callee: Callee) -> bool:
    """Say whether a function that calls itself gives its parameters other places."""
    names = [a.arg for a in arguments(callee.node)][int(callee.bound) :]

    for name, argument in zip(names, node.args, strict=False):
        used = {n.id for n in walk(argument) if isinstance(n, ast.Name)}

        if not used.isdisjoint({*names} - {name}):
            return True

    return any(
        isinstance(k.value, ast.Name) and k.arg != k.value.id for k in node.keywords
    )


def _gives_data(node: ast.AST) -> bool:
    """Say whether a function states that it gives a mapping or a list."""
    stated = getattr(node, "returns", None)

    if isinstance(stated, ast.Constant) and isinstance(stated.value, str):
        name = stated.value.partition("[")[0].rpartition(".")[2].strip()
    else:
        outer = stated.value if isinstance(stated, ast.Subscript) else stated
        name = getattr(outer, "attr", getattr(outer, "id", ""))

    return name in {"dict", "Dict", "list", "List", "Mapping", "Sequence"}
