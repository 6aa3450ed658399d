"""Follows an attribute to where it is set."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator

from ...index import Function
from ...index import FUNCTIONS
from ...module import Module
from ..call import Callee
from ..call import Calls
from ..frame import ANY
from ..frame import Frame
from ..frame import Path
from ..heap import owner_of
from ..heap import Store
from ..sources import keyed
from ..words import given
from .columns import Columns
from .descent import CALLS
from .descent import Descent
from .part import matches
from .stores import Stores
from .trail import FAN
from .trail import Spot
from .trail import Trail


class Attributes:
    """Attributes of objects of the project's classes."""

    def __init__(self, trail: Trail, descent: Descent, stores: Stores) -> None:
        self._columns = Columns(trail)
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._descent = descent
        self._stores = stores

    def of(
        self,
        spot: Spot,
        module: Module,
        holder: ast.ClassDef,
        path: Path,
        call: ast.Call | None,
        init: Callee | None,
    ) -> None:
        """Go to where an attribute of a class's objects is set.

        :param call: The call that made the object, where it is known.
        """
        if call is None and self._column(spot, module, holder, path):
            return

        wanted = path[0]
        line = self._names.lineage(module, holder)
        classes = {node for _, node in line}

        for store, frame in self._setters(spot, holder, classes, wanted, call):
            calls = self._making(spot, frame, call, init)
            self._stores.bring(spot, store, path[1:], calls)

        # ``self.items.append(x)``, where ``self.items`` is asked for.
        for store in self._program.heap.inside(wanted) if path[1:] else ():
            base = getattr(store.base, "value", store.base)
            mine = owner_of(base) in classes or self._names_class(store, base, holder)

            if mine and matches(store.key, path[1]):
                self._stores.bring(spot, store, store.rest(path[1:]))

        if call is None and self._program.method(module, holder, "__init__") is None:
            self._by_fields(spot, module, holder, path)

        self._of_class(spot, line, wanted[1:], path[1:])
        self._otherwise(spot, module, holder, path)

    def of_row(
        self, spot: Spot, module: Module, holder: ast.ClassDef, path: Path
    ) -> None:
        """Go to what a row has that a database gave: in a column, or by a property.

        What else was set on an object did not come back with it.
        """
        if self._columns.followed and not self._column(spot, module, holder, path):
            line = self._names.lineage(module, holder)
            self._of_class(spot, line, path[0][1:], path[1:])

    def _column(
        self, spot: Spot, module: Module, holder: ast.ClassDef, path: Path
    ) -> bool:
        """Go to what is put into a column; say if it is one."""
        rows = self._columns.of(spot, module, holder, path)

        for other, rest in rows or ():
            self.of_row(spot, *other, rest)

        return rows is not None

    def _setters(
        self,
        spot: Spot,
        holder: ast.ClassDef,
        classes: set[ast.ClassDef],
        wanted: str,
        call: ast.Call | None,
    ) -> Iterator[tuple[Store, Frame]]:
        """Yield where an attribute of a class's objects is set, and in which function."""
        for store in self._program.heap.named(wanted):
            mine = owner_of(store.base) in classes

            if mine or self._is_instance(store, holder):
                frame = self._program.around(store.module, store.node)

                # What happens to an object where it is made, its names tell.
                if mine or call is None or frame is not spot.frame:
                    yield store, frame

    def _making(
        self, spot: Spot, frame: Frame, call: ast.Call | None, init: Callee | None
    ) -> Calls:
        """Return the calls that were gone into, with the one that made an object."""
        if call is None or init is None or frame.node is not init.node:
            return ()

        calls = self._descent.into(spot, call, init, spot.guards)
        return calls if len(calls) <= CALLS else ()

    def _otherwise(
        self, spot: Spot, module: Module, holder: ast.ClassDef, path: Path
    ) -> None:
        """Go to what ``__getattr__`` gives, if a class has one."""
        other = self._program.method(module, holder, "__getattr__")

        if other is not None:
            frame = self._program.frame(*other)

            for back in frame.given:
                self._trail.jump(spot, frame, back.value, path[1:], (), None)

    def fields(
        self, spot: Spot, node: ast.Call, fields: t.Sequence[str], path: Path
    ) -> None:
        """Go on to what an attribute was given as, by name or by place."""
        wanted = path[0][1:]

        for k in node.keywords:
            if k.arg == wanted:
                hop = given(spot.frame.module, k, wanted)
                self._trail.go(spot, k.value, path[1:], hop=hop)
            elif k.arg is None:
                self._trail.go(spot, k.value, keyed(path))

        for place, value in enumerate(node.args):
            if isinstance(value, ast.Starred):
                self._trail.go(spot, value.value, (ANY, *path[1:]))
            elif place < len(fields) and fields[place] == wanted:
                hop = given(spot.frame.module, value, wanted)
                self._trail.go(spot, value, path[1:], hop=hop)

    def _by_fields(
        self, spot: Spot, module: Module, holder: ast.ClassDef, path: Path
    ) -> None:
        """Go to what objects of a class without an ``__init__`` are made of."""
        fields = self._program.fields(module, holder)

        for call in self._program.makers(holder)[:FAN]:
            frame = self._program.around(call.module, call.node)
            at = dataclasses.replace(
                spot, frame=frame, calls=(), nodes=(), guards=frozenset()
            )
            self.fields(at, call.node, fields, path)

    def _is_instance(self, store: Store, holder: ast.ClassDef) -> bool:
        """Say whether something outside of a class's methods sets its attribute."""
        return self._names_class(store, store.base, holder)

    def _names_class(self, store: Store, node: ast.expr, holder: ast.ClassDef) -> bool:
        """Say whether a name stands for a class, or for an object of it."""
        if not isinstance(node, ast.Name) or node.id in {"self", "cls"}:
            return False

        found = self._program.definition(store.module, node)
        return found is not None and found[1] is holder

    def _of_class(
        self,
        spot: Spot,
        line: list[tuple[Module, ast.ClassDef]],
        name: str,
        path: Path,
    ) -> None:
        """Go to what a class's body says of an attribute, or to its property."""
        for module, node in line:
            for item in node.body:
                if isinstance(item, FUNCTIONS) and item.name == name:
                    if is_property(item):
                        frame = self._program.frame(module, item)

                        for given in frame.given:
                            self._trail.jump(spot, frame, given.value, path, (), None)

                    return

                if isinstance(item, ast.Assign) and any(
                    isinstance(x, ast.Name) and x.id == name for x in item.targets
                ):
                    frame = self._program.around(module, item)
                    self._trail.jump(spot, frame, item.value, path, (), None)
                    return


def is_property(node: Function) -> bool:
    """Say whether a method is read as an attribute."""
    for decorator in node.decorator_list:
        name = getattr(decorator, "id", getattr(decorator, "attr", ""))

        if name == "property" or name.endswith("_property"):
            return True

    return False
