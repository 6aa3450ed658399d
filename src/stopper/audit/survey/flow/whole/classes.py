"""Of which classes of the project an object may be."""

from __future__ import annotations

import ast
import itertools
import typing as t
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...index import parent_of
from ...module import Module
from ..call import arguments_of
from ..frame import Definition
from ..frame import Frame
from ..frame import How
from ..heap import owner_of
from ..storage.queries import is_query
from ..storage.queries import Queries
from ..storage.tables import CURRENT
from ..storage.tables import Tables
from .knowledge import Knowledge
from .knowledge import Owner
from .methods import CANDIDATES

#: How many expressions are gone through to tell the class of an object.
TYPES = 8

#: How many stores, or classes of one object, are looked at.
FAN = 40


class Types:
    """Tells of which classes of the project an object may be."""

    def __init__(self, program: Knowledge, tables: Tables, queries: Queries) -> None:
        self._program = program
        self._tables = tables
        self._queries = queries
        self._known: dict[ast.AST, tuple[Owner, ...]] = {}
        self._open: set[t.Any] = set()

    def of(self, module: Module, node: ast.expr) -> tuple[Owner, ...]:
        """Return the classes of which an expression may be an object."""
        found = self._known.get(node)

        if found is None:
            found = tuple(dict.fromkeys(self._of(module, node, 0)))

            if not self._open and not self._program.gathering:
                self._known[node] = found

        return found

    def _of(self, module: Module, node: ast.expr, depth: int) -> Iterator[Owner]:
        if depth > TYPES or node in self._open:
            return

        self._open.add(node)

        try:
            yield from itertools.islice(self._found(module, node, depth), FAN)
        finally:
            self._open.discard(node)

    def _found(self, module: Module, node: ast.expr, depth: int) -> Iterator[Owner]:
        known = self._program.definition(module, node)

        if known is not None and isinstance(known[1], ast.ClassDef):
            yield t.cast(Owner, known)
            return

        if self._program.names.name_of(module, node) in CURRENT:
            yield from self._users(depth)
            return

        match node:
            case ast.Name():
                frame = self._program.around(module, node)
                used = frame.uses.get(node)

                if used is not None:
                    yield from self._defined(frame, used, depth)
            case ast.Attribute() if is_query(node):
                yield from self._rows(module, node)
            case ast.Attribute():
                yield from self._attribute(module, node, depth)
            case ast.Call(func=ast.Name(id="super")):
                yield from self._above(module, node)
            case ast.Call():
                yield from self._given(module, node, depth)
            case ast.BoolOp():
                for value in node.values:
                    yield from self._of(module, value, depth + 1)
            case ast.IfExp():
                yield from self._of(module, node.body, depth + 1)
                yield from self._of(module, node.orelse, depth + 1)
            case ast.NamedExpr() | ast.Await():
                yield from self._of(module, node.value, depth + 1)

    def _defined(self, frame: Frame, used: Definition, depth: int) -> Iterator[Owner]:
        if depth > TYPES:
            return

        if used.how in {How.VALUE, How.CONTEXT} and used.value and not used.path:
            yield from self._of(frame.module, used.value, depth + 1)
        elif used.how is How.ELEMENT and used.value and not used.path:
            # Of rows each one is of the table; of other things nothing is known.
            for owner in self._of(frame.module, used.value, depth + 1):
                if self._tables.is_table(owner[1]):
                    yield owner
        elif used.how is How.MERGE:
            for one, _ in used.inputs[:4]:
                yield from self._defined(frame, one, depth + 2)
        elif used.how is How.CHANGE and used.previous is not None:
            yield from self._defined(frame, used.previous, depth + 1)
        elif used.how is How.PARAMETER and isinstance(frame.node, FUNCTIONS):
            calls = self._program.known_callers(frame.node)

            for call in calls[:CANDIDATES]:
                for argument, path in arguments_of(call, used):
                    if not path:
                        yield from self._of(call.module, argument, depth + 1)

    def _attribute(
        self, module: Module, node: ast.Attribute, depth: int
    ) -> Iterator[Owner]:
        base = self._program.names.name_of(module, node.value)
        stores = self._program.heap.named(f".{node.attr}")[:FAN]

        if base == "flask.g":
            for store in stores:
                if self._program.names.name_of(store.module, store.base) == base:
                    yield from self._of(store.module, store.value, depth + 1)

            return

        for home, holder in self._of(module, node.value, depth + 1):
            classes = {n for _, n in self._program.names.lineage(home, holder)}

            for store in stores:
                if owner_of(store.base) in classes:
                    yield from self._of(store.module, store.value, depth + 1)

            yield from self._related(home, holder, node.attr)

    def _users(self, depth: int) -> Iterator[Owner]:
        """Yield the tables of which the row is of who is logged in."""
        yield from self._tables.users

        for module, function in self._tables.loaders:
            frame = self._program.frame(module, function)

            for given in frame.given[:CANDIDATES]:
                yield from self._of(module, given.value, depth + 1)

    def _related(
        self, module: Module, holder: ast.ClassDef, name: str
    ) -> Iterator[Owner]:
        """Yield the table to whose rows one of a row leads."""
        if self._tables.is_table(holder):
            column = self._tables.columns(module, holder).get(name)
            owner = column and self._tables.target(module, holder, column)

            if owner:
                yield owner

    def _above(self, module: Module, node: ast.AST) -> Iterator[Owner]:
        """Yield the class that comes after the one in which ``super()`` stands."""
        above = parent_of(node)

        while above is not None and not isinstance(above, ast.ClassDef):
            above = parent_of(above)

        if above is not None:
            yield from self._program.names.lineage(module, above)[1:2]

    def _given(self, module: Module, node: ast.Call, depth: int) -> Iterator[Owner]:
        known = self._program.definition(module, node.func)

        if known is not None and isinstance(known[1], FUNCTIONS):
            frame = self._program.frame(known[0], known[1])

            for given in frame.given[:CANDIDATES]:
                for owner in self._of(known[0], given.value, depth + 1):
                    yield self._below(module, node, owner)
        elif known is None:
            yield from self._rows(module, node)

    def _below(self, module: Module, node: ast.Call, owner: Owner) -> Owner:
        """Return the table whose method gave a row, where it is one above it: ``cls``."""
        if not isinstance(node.func, ast.Attribute):
            return owner

        found = self._program.definition(module, node.func.value)

        if found is None or not self._tables.is_table(found[1]):
            return owner

        asked = t.cast(Owner, found)
        return asked if owner in self._program.names.lineage(*asked) else owner

    def _rows(self, module: Module, node: ast.expr) -> Iterator[Owner]:
        """Yield the tables of which a query gives the rows."""
        for entity in self._queries.of(module, node):
            if not entity.column:
                yield entity.owner
