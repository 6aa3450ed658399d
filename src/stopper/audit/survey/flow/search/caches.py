"""Follows what caches and the app's settings hold to what the project puts there."""

from __future__ import annotations

import ast

from ..flow import Hop
from ..frame import ANY
from ..frame import EACH
from ..frame import Path
from ..storage.written import Write
from .trail import FAN
from .trail import Spot
from .trail import STORED
from .trail import Trail

#: The app's settings, under all their names.
CONFIGS = frozenset({"flask.Flask.config", "flask.current_app.config"})


class Caches:
    """What comes back from caches, and from the settings of the app."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._on = trail.kind in STORED

    def asked(self, spot: Spot, node: ast.Call) -> bool:
        """Go on to what was put into a cache; say if it is one that is asked."""
        asked = self._program.caches.asked(spot.frame.module, node)

        if asked is None:
            return False

        if self._on:
            path = (*asked.path, *spot.path)

            for write in self._program.caches.of(asked)[:FAN]:
                self._back(spot, node, write, path, "the cache")

        return True

    def setting(self, spot: Spot, node: ast.expr, wanted: str) -> None:
        """Go on to what is put into a setting of the app while it runs.

        :param wanted: The setting, ``"[NAME]"``.
        """
        if not self._on or wanted in (ANY, EACH):
            return

        for store in self._program.heap.items(wanted)[:FAN]:
            if self._names.name_of(store.module, store.base) in CONFIGS:
                write = Write(store.module, store.node, store.value, store.path)
                self._back(spot, node, write, spot.path, "the settings")

    def _back(
        self, spot: Spot, node: ast.expr, write: Write, path: Path, where: str
    ) -> None:
        written = write.module.source(write.node, 60)
        read = spot.frame.module.source(node, 60)
        hop = Hop(write.module, write.node, f"It is put into {where}: `{written}`.")
        self._trail.back_from(
            spot,
            spot,
            f"`{read}` comes back from {where}.",
            self._program.around(write.module, write.node),
            write.value,
            (*write.path, *path),
            hop,
        )
