"""Follows an object to what it was made of."""

from __future__ import annotations

import ast
import typing as t

from ...index import parent_of
from ...module import Module
from ..call import Callee
from ..change import number
from ..frame import EACH
from ..sources import Sources
from .attributes import Attributes
from .descent import Descent
from .part import is_item
from .trail import FAN
from .trail import given_to
from .trail import Spot
from .trail import Trail


class Objects:
    """What a call of one of the project's classes makes."""

    def __init__(
        self, trail: Trail, descent: Descent, attributes: Attributes, sources: Sources
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._descent = descent
        self._attributes = attributes
        self._sources = sources

    def own(self, spot: Spot, node: ast.Call, callees: list[Callee]) -> None:
        """Go into functions of the project; what a class makes has attributes."""
        for callee in callees[:FAN]:
            if callee.name == "__init__" and callee.receiver is None:
                holder = parent_of(callee.node)

                if isinstance(holder, ast.ClassDef):
                    self.made(spot, node, callee.module, holder, callee)
            else:
                self._descent.enter(spot, node, callee)

    def made(
        self,
        spot: Spot,
        node: ast.Call,
        module: Module,
        holder: ast.ClassDef,
        init: Callee | None,
    ) -> None:
        """Go on to what an object was made of."""
        path = spot.path
        maker = self._program.method(module, holder, "__new__")

        if maker is not None:
            self._descent.enter(spot, node, Callee(*maker, True))

        # The class that was called may be below the one that has the ``__init__``.
        found = self._program.definition(spot.frame.module, node.func)

        if found is not None and isinstance(found[1], ast.ClassDef):
            module, holder = found[0], found[1]

        if path and path[0].startswith("."):
            self._attribute(spot, node, module, holder, init)
        elif is_item(path) and self._got(spot, node, module, holder):
            return
        elif is_item(path) and init is None:
            self._item(spot, node, self._program.fields(module, holder))
        else:
            self._whole(spot, node, module, holder, init)

    def _attribute(
        self,
        spot: Spot,
        node: ast.Call,
        module: Module,
        holder: ast.ClassDef,
        init: Callee | None,
    ) -> None:
        """Go to where the attribute of a new object is set."""
        path = spot.path
        schema = self._sources.schema(spot.frame.module, node)

        if schema is not None and self._sources.held(*schema, path[0]):
            return

        self._attributes.of(spot, module, holder, path, node, init)

        # A dataclass, or a row of a table, is given its attributes by name.
        if init is None:
            fields = self._program.fields(module, holder)
            self._attributes.fields(spot, node, fields, path)

    def _item(self, spot: Spot, node: ast.Call, fields: t.Sequence[str]) -> None:
        """Go on to what a named tuple, or what looks like one, has at a place."""
        path = spot.path
        place = number(path[0])
        known = place is not None and -len(fields) <= place < len(fields)
        names = [fields[place]] if known else fields  # type: ignore[index]  # known

        for name in names:
            self._attributes.fields(spot, node, fields, (f".{name}", *path[1:]))

        if not fields:
            self._trail.go_all(spot, given_to(node))

    def _whole(
        self,
        spot: Spot,
        node: ast.Call,
        module: Module,
        holder: ast.ClassDef,
        init: Callee | None,
    ) -> None:
        """Go on to what an object is as a text."""
        if self._text_of(spot, node, module, holder):
            return

        if init is None or self._is_exception(module, holder):
            self._trail.go_all(spot, given_to(node), ())

    def _got(
        self, spot: Spot, node: ast.Call, module: Module, holder: ast.ClassDef
    ) -> bool:
        """Go into what gives an object's items, if its class says it."""
        names = (
            ("__iter__", "__getitem__") if spot.path[0] == EACH else ("__getitem__",)
        )

        for name in names:
            method = self._program.method(module, holder, name)

            if method is not None:
                call = self._descent.implicit(node, method[1], [])
                path = spot.path[1:] if name == "__getitem__" else None
                self._descent.enter(spot, call, Callee(*method, True, node), path=path)
                return True

        return False

    def _text_of(
        self, spot: Spot, node: ast.Call, module: Module, holder: ast.ClassDef
    ) -> bool:
        """Go into what makes a text of an object, if its class says it."""
        if spot.path:
            return False

        text = self._program.method(module, holder, "__str__")
        text = text or self._program.method(module, holder, "__repr__")

        if text is None:
            return False

        self._descent.enter(
            spot, self._descent.implicit(node, text[1], []), Callee(*text, True, node)
        )
        return True

    def _is_exception(self, module: Module, holder: ast.ClassDef) -> bool:
        bases = self._names.bases(module, holder)
        return any(b.endswith(("Exception", "Error")) for b in bases)
