"""Follows what a statement takes out of a table to what others put there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..change import number
from ..frame import ANY
from ..frame import EACH
from ..frame import How
from ..frame import Path
from ..storage.sql import Column
from ..storage.sql import Selected
from ..words import back
from ..words import stored
from .trail import FAN
from .trail import Spot
from .trail import STORED
from .trail import Trail

#: Methods that give one row, several, or the first column of one.
_ONE = frozenset({"fetchone", "first", "one", "one_or_none", "fetchrow"})
_MANY = frozenset({"fetchall", "fetchmany", "all", "mappings", "fetch", "execute"})
_VALUE = frozenset({"scalar", "scalar_one", "scalar_one_or_none", "fetchval"})

#: A row, whichever it is.
_ANYONE = (ANY, EACH)
_FETCHES = _ONE | _MANY | _VALUE

#: Methods that give the same rows in another way.
_SAME = frozenset({"mappings", "scalars"})


class Statements:
    """What comes back from a database that is asked in SQL."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._program = trail.program
        self._on = trail.kind in STORED

    def asked(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Go on to what is in the rows that a statement gives; say if it is one."""
        found = self._statement(spot, node, method) if self._on else []

        if not found:
            return False

        part = "[0]" if method in _VALUE else _part(spot.path, method)

        for item in _chosen(found, part):
            for column in self._columns(item, part):
                self._back(spot, node, column)

        return True

    def _statement(self, spot: Spot, node: ast.Call, method: str) -> list[Selected]:
        """Return what the statement takes out of tables whose rows a call gives."""
        statements = self._program.statements
        found = statements.selects(spot.frame.module, node)

        if found or not isinstance(node.func, ast.Attribute):
            return found

        if method == "cursor":
            return self._iterated(spot, node)

        if method not in _FETCHES:
            return []

        made: ast.expr | None = node.func.value

        while isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute):
            if made.func.attr not in _SAME:
                break

            made = made.func.value

        if isinstance(made, ast.Name | ast.Attribute):
            made = self._run(spot, made, node.lineno)

        if not isinstance(made, ast.Call):
            return []

        return statements.selects(spot.frame.module, made)

    def _run(self, spot: Spot, node: ast.expr, line: int) -> ast.expr | None:
        """Return the call that gave a result its name, or that a cursor ran last."""
        run = self._program.statements.last_run(spot.frame, node, line)

        if run is not None:
            return run

        used = spot.frame.uses.get(node)
        return used.value if used is not None and used.how is How.VALUE else None

    def _iterated(self, spot: Spot, node: ast.Call) -> list[Selected]:
        """Return what a cursor ran, over which is gone: ``for row in cursor``."""
        before = spot.before
        used = before.thing if before is not None else None
        name = getattr(used, "node", None)

        if not spot.path or not isinstance(name, ast.Name):
            return []

        at = before.before if before is not None else None
        line = getattr(at.thing, "lineno", 0) if at is not None else 0
        run = self._program.statements.last_run(spot.frame, name, line)
        module = spot.frame.module
        return self._program.statements.selects(module, run) if run else []

    def _columns(self, item: Selected, part: str) -> Iterator[Column]:
        """Yield the columns that are meant by a part of a row."""
        for table, name in item.columns:
            if name != "*":
                yield table, name
                continue

            place = number(part) if part else None
            known = self._program.statements.columns(table)

            if place is None and part:
                yield table, _word(part)
            elif place is not None and place < len(known):
                yield table, known[place]

    def _back(self, spot: Spot, node: ast.Call, column: Column) -> None:
        statements = self._program.statements
        name, where = column[1], ".".join(column)

        if statements.numeric(column):
            return

        for write in statements.of(column)[:FAN]:
            self._trail.back_from(
                spot,
                back(spot.frame.module, node, name, where),
                self._program.around(write.module, write.node),
                write.value,
                write.path,
                stored(write.module, write.node, name, where, "table"),
            )


def _part(path: Path, method: str) -> str:
    """Return which part of a row is asked for, ``""`` for all of it."""
    if method in _ONE:
        asked = path[:1]
    elif method in _MANY or method == "cursor":
        asked = path[1:2]
    else:
        # A function of the project may give one row or several.
        asked = tuple(p for p in path if p not in _ANYONE and number(p) is None)[-1:]

    return asked[0] if asked and asked[0] not in _ANYONE else ""


def _chosen(found: list[Selected], part: str) -> list[Selected]:
    """Return which of the things that a statement takes is asked for."""
    place = number(part) if part else None

    if not part or found[0].name == "*":
        return found

    if place is not None:
        return found[place : place + 1] if place >= 0 else found

    return [item for item in found if item.name in {_word(part), "*"}]


def _word(part: str) -> str:
    return part.strip(".[]").lower()
