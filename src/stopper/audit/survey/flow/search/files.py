"""Follows what is read from a file to what the project writes to it."""

from __future__ import annotations

import ast

from ..flow import Hop
from ..frame import Path
from ..storage.columns import last
from .trail import FAN
from .trail import Spot
from .trail import STORED
from .trail import Trail

#: Functions that make of a file's text what it was written from, by their last name.
_LOADS = frozenset({"load", "safe_load", "full_load", "unsafe_load"})


class Files:
    """What comes back from files."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._program = trail.program
        self._on = trail.kind in STORED

    def read(self, spot: Spot, node: ast.Call) -> bool:
        """Go on to what is written to a file that a call reads; say if it reads one."""
        path = self._program.files.read(spot.frame.module, node)

        if path is None:
            return False

        self._back(spot, node, path, ())
        return True

    def loaded(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Go on to what was dumped into a file that is loaded; say if that is known."""
        if method not in _LOADS or not node.args or not self._on:
            return False

        opened = self._opened(spot, node.args[0])

        if opened is None:
            return False

        return self._back(spot, node, opened, spot.path)

    def _opened(self, spot: Spot, node: ast.expr) -> ast.expr | None:
        """Return the path of an open file."""
        known = spot.frame.uses.get(node)

        if known is not None and known.value is not None and not known.path:
            node = known.value

        if not isinstance(node, ast.Call):
            return None

        return self._program.files.read(spot.frame.module, node)

    def _back(self, spot: Spot, node: ast.expr, path: ast.expr, part: Path) -> bool:
        module = spot.frame.module

        if not self._on or not self._program.files.any:
            return False

        place = self._program.places.of(module, path)
        found = self._program.files.of(place)[:FAN] if place else []
        name = last(getattr(node, "func", node))
        read = Hop(module, node, f"`{name}` reads the file again.")

        for write in found:
            writes = last(getattr(write.node, "func", write.node))
            hop = Hop(write.module, write.node, f"`{writes}` writes it to a file.")
            inner = () if write.whole else part
            self._trail.back_from(
                spot,
                read,
                self._program.around(write.module, write.node),
                write.value,
                inner,
                hop,
            )

        return bool(found)
