"""Follows a query to what the project puts into the rows that it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..change import number
from ..frame import Path
from ..storage.queries import Entity
from ..storage.tables import CURRENT
from ..whole.knowledge import Owner
from .attributes import Attributes
from .columns import inner
from .trail import Spot
from .trail import Trail


class Rows:
    """What a database is asked for."""

    def __init__(self, trail: Trail, attributes: Attributes) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._attributes = attributes

    def asked(self, spot: Spot, node: ast.expr) -> bool:
        """Go on to what is in the rows that a query gives; say if it is one.

        A row as a whole is seldom printed: most of what asks for that asks for a part
        which is not to be seen.
        """
        found = self._program.queries.of(spot.frame.module, node)

        for entity, path in _chosen(found, spot.path):
            if entity.below:
                entity = self._of_class(spot, entity)

            if entity.column:
                path = (f".{entity.column}", *path)

            if path:
                self._attributes.of_row(spot, *entity.owner, path)

        return bool(found)

    def _of_class(self, spot: Spot, entity: Entity) -> Entity:
        """Return the table whose method was called, for ``cls`` in one."""
        for entry in reversed(spot.calls):
            receiver = entry.callee.receiver

            if receiver is not None:
                owners = self._program.types.of(entry.frame.module, receiver)
                below = (o for o in owners if self._is_below(o, entity.owner))
                return entity._replace(owner=next(below, entity.owner))

        return entity

    def _is_below(self, owner: Owner, above: Owner) -> bool:
        return above in self._names.lineage(*owner)

    def current(self, spot: Spot, node: ast.expr) -> bool:
        """Go on to what is in the row of who is logged in; say if that is asked for."""
        if not spot.path or not spot.path[0].startswith("."):
            return False

        if self._names.name_of(spot.frame.module, node) not in CURRENT:
            return False

        for owner in self._program.types.of(spot.frame.module, node):
            self._attributes.of_row(spot, *owner, spot.path)

        return True


def _chosen(found: tuple[Entity, ...], path: Path) -> Iterator[tuple[Entity, Path]]:
    """Yield what is asked for of which of the things that a query gives."""
    rest = inner(path)
    places = [number(part) for part in path[: len(path) - len(rest)]]
    place = places[-1] if places and len(found) > 1 else None

    for n, entity in enumerate(found):
        name = rest[0].strip(".[]") if rest else ""

        if place is not None:
            if place % len(found) == n:
                yield entity, rest
        elif name and name == (entity.column or entity.owner[1].name):
            yield entity, rest[1:]
        elif len(found) == 1 or not (name or entity.column):
            yield entity, rest
        elif not name:
            yield entity, ()
