"""Follows what is taken out of something: ``a.b``, ``a[b]``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...index import parent_of
from ..call import Callee
from ..call import decorated
from ..change import key
from ..change import number
from ..flow import Flow
from ..flow import Origin
from ..frame import ANY
from ..frame import How
from ..sources import Sources
from ..sources import TYPED
from ..storage.queries import is_query
from .attributes import Attributes
from .attributes import is_property
from .caches import CONFIGS
from .descent import Descent
from .item import item_of
from .names import Narrow
from .request import Request
from .stored import Stored
from .stores import KEEPERS
from .stores import Stores
from .texts import splits
from .trail import Spot
from .trail import Trail
from .variables import Variables


class Access:
    """Attributes and items, as they are asked for."""

    def __init__(
        self,
        trail: Trail,
        request: Request,
        descent: Descent,
        stores: Stores,
        stored: Stored,
        variables: Variables,
        sources: Sources,
        attributes: Attributes,
        clears: frozenset[str],
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._request = request
        self._descent = descent
        self._stores = stores
        self._stored = stored
        self._variables = variables
        self._sources = sources
        self._attributes = attributes
        self._narrow = Narrow(trail.program.names)
        self._clears = clears

    def attribute(self, spot: Spot, node: ast.Attribute) -> Iterator[Flow]:
        """Go on to what has an attribute; yield what a request's is."""
        if f".{node.attr}" in self._clears and self._is_path(spot, node.value):
            return

        name = self._names.name_of(spot.frame.module, node) or ""
        found = self._request.read(spot, node, name)

        if found is not None:
            yield from found
            return

        if name == f"flask.g.{node.attr}":
            self._stores.kept(spot, f".{node.attr}", "flask.g")
            return

        if name == f"flask.request.{node.attr}" and self._request.is_kept(name):
            self._stores.kept(spot, f".{node.attr}", "flask.request")
            return

        if name.startswith("flask.session."):
            return

        if self._property(spot, node, name):
            return

        if is_query(node) and self._stored.rows.asked(spot, node):
            return

        self._trail.go(spot, node.value, (f".{node.attr}", *spot.path))
        self._variables.member(spot, node)
        self._of_class(spot, node)

    def _of_class(self, spot: Spot, node: ast.Attribute) -> None:
        """Go to where the attribute of a class itself is set."""
        if self._program.is_class(spot.frame.module, node.value):
            found = self._program.definition(spot.frame.module, node.value)

            if found is not None and isinstance(found[1], ast.ClassDef):
                path = (f".{node.attr}", *spot.path)
                self._attributes.of(spot, found[0], found[1], path, None, None)

    def _is_path(self, spot: Spot, node: ast.expr) -> bool:
        """Say whether an object's attributes are those of a path, or may be."""
        name = self._names.name_of(spot.frame.module, node)

        if name is None:
            return not self._is_member(spot, node)

        if self._sources.named(name) or self._names.definition(name) is not None:
            return False

        # What an unknown function gives may be one; of what is known its name says it.
        known = name.startswith("collections.namedtuple")
        return name.endswith(("()", "Path")) and not known

    def _is_member(self, spot: Spot, node: ast.expr) -> bool:
        """Say whether an object is one of an archive's members."""
        known = spot.frame.uses.get(node) if isinstance(node, ast.Name) else None

        if known is None or known.how is not How.ELEMENT or known.value is None:
            return False

        return self._sources.has_members(spot.frame.module, known.value)

    def _property(self, spot: Spot, node: ast.Attribute, name: str) -> bool:
        """Go into a property's function, if this is one."""
        found = self._names.definition(name) if name else None

        if found is None or not isinstance(found[1], FUNCTIONS):
            return False

        if not is_property(found[1]):
            return False

        call = self._descent.implicit(node, found[1], [])
        self._descent.enter(spot, call, Callee(found[0], found[1], True, node.value))
        holder = parent_of(found[1])

        # What is set where there is a setter comes back in some way.
        return not any(
            isinstance(item, FUNCTIONS) and decorated(item, "setter")
            for item in getattr(holder, "body", ())
        )

    def subscript(self, spot: Spot, node: ast.Subscript) -> Iterator[Flow]:
        """Go on to what has an item; yield what a request's is."""
        name = self._names.name_of(spot.frame.module, node) or ""
        found = self._request.read(spot, node, name)

        if found is not None:
            yield from found
            return

        base = self._names.name_of(spot.frame.module, node.value) or ""

        if base in TYPED:
            yield self._trail.found(spot, Origin.COMMAND, base, node)
            return

        if base in KEEPERS:
            wanted = item_of(self._program, spot.frame, node.slice)
            self._stores.kept(spot, wanted, base)
        elif base in CONFIGS:
            wanted = item_of(self._program, spot.frame, node.slice)
            self._stored.caches.setting(spot, node, wanted)
        elif isinstance(node.slice, ast.Slice):
            self._sliced(spot, node, node.slice)
        elif not self._descent.dunder(
            spot, node.value, "__getitem__", node, [node.slice]
        ):
            self._item(spot, node)

    def _item(self, spot: Spot, node: ast.Subscript) -> None:
        """Go on to what an item is taken of."""
        wanted = item_of(self._program, spot.frame, node.slice)
        self._trail.go(spot, node.value, (wanted, *spot.path))

        # One of the letters of an alphabet: which one, was made.
        if self._trail.made is not None:
            self._trail.go(spot, node.slice, ())

        # A part of a text is text of the same stranger.
        if not spot.path and splits(node.value):
            name = self._narrow.part(spot.frame.module, node.value, (wanted,))

            if self._trail.kind != "path" or not name:
                self._trail.go(spot, node.value, ())

    def _sliced(self, spot: Spot, node: ast.Subscript, part: ast.Slice) -> None:
        """Go on to what is sliced: its items stand elsewhere."""
        path = spot.path
        wanted = number(path[0]) if path else None
        first = number(key(part.lower)) if part.lower is not None else 0

        if wanted is None or part.step is not None:
            self._trail.go(spot, node.value)
        elif first is None or first < 0 or wanted < 0:
            open_ = wanted < 0 and part.upper is None
            self._trail.go(spot, node.value, path if open_ else (ANY, *path[1:]))
        else:
            self._trail.go(spot, node.value, (f"[{first + wanted}]", *path[1:]))
