"""Follows a name to what it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ...index import FUNCTIONS
from ...index import parent_of
from ...module import Module
from ...scope import Binds
from ..calls import outside
from ..flow import Flow
from ..frame import Definition
from ..frame import Frame
from ..frame import How
from .request import REQUEST
from .request import Request
from .stored import Stored
from .stores import Stores
from .trail import FAN
from .trail import more
from .trail import Spot
from .trail import Trail

_CHANGED = frozenset({How.CHANGE, How.ADDED, How.PASSED})


class Variables:
    """Names of functions, of those around them, and of modules."""

    def __init__(
        self, trail: Trail, request: Request, stores: Stores, stored: Stored
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._request = request
        self._stores = stores
        self._stored = stored

    def name(self, spot: Spot, node: ast.Name) -> Iterable[Flow]:
        """Go on to where a name was defined; return what a request's part is."""
        known = spot.frame.uses.get(node)
        guards = more(spot.guards, spot.frame.guards.get(node))
        part = spot.path[0] if spot.path else ""

        if part[:1] == "." and self._is_request(spot, node):
            name = REQUEST + part[1:]
            return self._request.source(spot, node, name, spot.path[1:])

        # What is read where nothing ever comes by has no value.
        if self._stored.rows.current(spot, node) or known is None:
            return ()

        self._trail.go(spot, known, guards=guards)

        if known.how is not How.OUTER:
            self._inside(spot, spot.frame, node.id)

        return ()

    def _is_request(self, spot: Spot, node: ast.Name) -> bool:
        name = self._names.name_of(spot.frame.module, node)
        return name == REQUEST[:-1]

    def _inside(self, spot: Spot, frame: Frame, name: str) -> None:
        """Go to what functions inside of another one put into its names."""
        if isinstance(frame.node, ast.Module | ast.ClassDef):
            return

        for inner, made in self._program.inside(frame).get(name, ())[:FAN]:
            if inner is not spot.frame or made is not spot.thing:
                self._trail.jump(spot, inner, made, spot.path, (), None)

    def member(self, spot: Spot, node: ast.Attribute) -> None:
        """Go to what another module's name holds: ``settings.folder``."""
        found = self._program.member(spot.frame.module, node)

        if found is None:
            return

        home, binding = found
        frame = self._program.frame(home, home.tree)
        name = getattr(binding.at, "id", node.attr)

        for made in frame.defined.get(name, ()):
            if made.node is binding.at or made.how in _CHANGED:
                self._trail.jump(spot, frame, made, spot.path, (), None)

        if binding.node is not None:
            self._stores.put_into(spot, name, binding.node)

    def outer(self, spot: Spot, known: Definition) -> None:
        """Go to what a name is outside of the function."""
        node = known.node

        if not isinstance(node, ast.Name):
            return

        module = spot.frame.module

        for home, binding in self._names.reaching(module, node)[:FAN]:
            at = binding.at or binding.node

            if at is None:
                continue

            if binding.how is Binds.PARAMETER:
                frame = self._closed(home, at)

                if frame is not None and node.id in frame.parameters:
                    made = frame.parameters[node.id]
                    calls = outside(spot.calls, frame)
                    self._trail.jump(spot, frame, made, spot.path, calls, None)

                continue

            frame = self._program.around(home, at)
            name = getattr(at, "id", node.id)

            # When a function inside of another one runs, is not to be seen.
            late = not isinstance(frame.node, ast.Module | ast.ClassDef)

            for made in frame.defined.get(name, ()):
                if late or made.node is at or made.how in _CHANGED:
                    calls = outside(spot.calls, frame)
                    self._trail.jump(spot, frame, made, spot.path, calls, None)

            self._inside(spot, frame, name)

        self._elsewhere(spot, node)

    def _closed(self, module: Module, at: ast.AST) -> Frame | None:
        """Return the function that has a parameter, seen from one inside of it."""
        above: ast.AST | None = at

        while above is not None and not isinstance(above, (*FUNCTIONS, ast.Lambda)):
            above = parent_of(above)

        return None if above is None else self._program.frame(module, above)

    def _elsewhere(self, spot: Spot, node: ast.Name) -> None:
        """Go to where other functions put something into what a module's name holds."""
        mine = self._names.bound(spot.frame.module, node)

        if mine is None or mine[1].node is None:
            return

        self._stores.put_into(spot, getattr(mine[1].at, "id", node.id), mine[1].node)
