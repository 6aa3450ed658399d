"""Follows a column of a row to what the project puts into it."""

from __future__ import annotations

import ast

from ...module import Module
from ..frame import Definition
from ..frame import Path
from ..storage.written import Write
from ..whole.knowledge import Owner
from ..words import back
from ..words import stored
from .part import is_item
from .trail import Spot
from .trail import STORED
from .trail import Trail

#: How many steps back the expression is looked for that reads a column.
STEPS = 20


class Columns:
    """What comes back from the columns of a database."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._program = trail.program
        #: Whether what comes back does harm of this kind.
        self.followed = trail.kind in STORED

    def of(
        self, spot: Spot, module: Module, holder: ast.ClassDef, path: Path
    ) -> list[tuple[Owner, Path]] | None:
        """Go on to what is put into an attribute of a row.

        :return: ``None`` if it is no column; the rows to which it leads, and what is
            asked for of them.
        """
        tables = self._program.tables

        if not tables.is_table(holder):
            return None

        name = path[0].strip(".[]")
        column = tables.columns(module, holder).get(name)

        if column is None:
            return None

        if column.target is not None:
            owner = tables.target(module, holder, column)
            rest = inner(path[1:])
            return [(owner, rest)] if owner and rest else []

        if not column.strict:
            # Of kinds that are not followed so far, what the project itself sets.
            if not self.followed:
                return None

            for write in self._program.writes.of(module, holder, name):
                self._stored(spot, holder, name, write, path[1:])

        return []

    def _stored(
        self, spot: Spot, holder: ast.ClassDef, name: str, write: Write, path: Path
    ) -> None:
        row = f"{holder.name}.{name}"
        read = _read(spot, name)
        node = read.thing.node if isinstance(read.thing, Definition) else read.thing
        self._trail.back_from(
            spot,
            back(read.frame.module, node, name, row) if node is not None else None,
            self._program.around(write.module, write.value),
            write.value,
            (*write.path, *path),
            stored(write.module, write.node, name, row, "row"),
        )


def inner(path: Path) -> Path:
    """Return what is asked for of each of several rows."""
    while is_item(path) or path[:1] == (".items",):
        path = path[1:]

    return path


def _read(spot: Spot, name: str) -> Spot:
    """Return the step at which a column is read."""
    at: Spot | None = spot

    for _ in range(STEPS):
        if at is None:
            break

        if isinstance(at.thing, ast.Attribute) and at.thing.attr == name:
            return at

        at = at.before

    return spot
