"""Finds where something was put that is asked for elsewhere."""

from __future__ import annotations

import ast
import typing as t

from ..call import Calls
from ..flow import Hop
from ..frame import Path
from ..heap import Store
from ..words import kept_as
from .part import matches
from .trail import FAN
from .trail import guard_at
from .trail import more
from .trail import Spot
from .trail import Trail

#: What Flask keeps things in from one function to another.
KEEPERS = frozenset({"flask.session", "flask.g"})


class Stores:
    """What is kept in names of modules, in ``g`` and the session."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names

    def kept(self, spot: Spot, wanted: str, base: str) -> None:
        """Go to where something was put into ``g`` or the session."""
        heap = self._program.heap
        found = heap.items(wanted) if wanted[0] == "[" else heap.named(wanted)

        for store in found[:FAN]:
            if self._names.name_of(store.module, store.base) == base:
                path = (wanted, *spot.path) if store.poured else spot.path
                self.bring(spot, store, path)

        # ``g.items.append(x)``, where ``g.items`` is asked for.
        if spot.path:
            for store in heap.inside(wanted)[:FAN]:
                holder = getattr(store.base, "value", None)

                if matches(store.key, spot.path[0]) and holder is not None:
                    if self._names.name_of(store.module, holder) == base:
                        self.bring(spot, store, store.rest(spot.path))

    def flashed(self, spot: Spot) -> None:
        """Go to what was flashed: the next page may show it."""
        path = spot.path[1:]
        place, rest = 0, path

        # With categories each is a pair.
        if path[:1] in {("[0]",), ("[1]",)}:
            place, rest = 1 - int(path[0][1:-1]), path[1:]

        for call in self._program.project.calls("flask.flash"):
            value = call.argument(place, ("message", "category")[place])

            if value is not None and not call.module.test:
                frame = self._program.around(call.module, call.node)
                hop = Hop(call.module, call.node, "It is kept for the next page.")
                node = t.cast(ast.expr, value.node)
                guards = more(frozenset(), guard_at(frame, call.node))
                self._trail.jump(spot, frame, node, rest, (), hop, guards=guards)

    def put_into(self, spot: Spot, name: str, bound: ast.AST) -> None:
        """Go to all that is put into what a module's name holds, by whatever name."""
        if not spot.path:
            return

        for base in (name, f".{name}", *self._program.aliases(name)):
            for store in self._program.heap.inside(base)[:FAN]:
                if matches(store.key, spot.path[0]):
                    if self._program.bound_to(store.module, store.base) is bound:
                        self.bring(spot, store, store.rest(spot.path))

    def bring(self, spot: Spot, store: Store, path: Path, calls: Calls = ()) -> None:
        """Go to what was put somewhere, in the function that did."""
        frame = self._program.around(store.module, store.node)
        hop = kept_as(store.module, store.node)
        guard = guard_at(frame, store.value)
        self._trail.jump(
            spot,
            frame,
            store.value,
            (*store.path, *path),
            calls,
            hop,
            guards=more(frozenset(), guard),
        )
