"""Follows what a call reads from a store: a database, a file, a cache."""

from __future__ import annotations

import ast

from .caches import Caches
from .files import Files
from .rows import Rows
from .statements import Statements
from .trail import Spot
from .trail import Trail


class Stored:
    """What comes back from stores outside of the program."""

    def __init__(self, trail: Trail, rows: Rows) -> None:
        self.rows = rows
        self.caches = Caches(trail)
        self.statements = Statements(trail)
        self._files = Files(trail)

    def called(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Go on to what is in a store that a call reads; say if that is all of it."""
        return (
            self.rows.asked(spot, node)
            or self.caches.asked(spot, node)
            or self._files.read(spot, node)
            or self._files.loaded(spot, node, method)
        )
