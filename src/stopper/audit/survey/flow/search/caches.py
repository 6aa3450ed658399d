"""Follows what caches and the app's settings hold to what the project puts there."""

from __future__ import annotations

import ast

from ..flow import Hop
from ..frame import ANY
from ..frame import EACH
from ..frame import Path
from ..storage.columns import last
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

        found = self._program.caches.of(asked) if asked else []

        if asked is None or not (found or self._program.caches.known(asked)):
            return False

        if self._on:
            path = (*asked.path, *spot.path)
            words = f"`{last(node.func)}` gets it back from the cache."
            back = Hop(spot.frame.module, node, words)

            for write in found[:FAN]:
                puts = last(getattr(write.node, "func", write.node))
                hop = Hop(write.module, write.node, f"`{puts}` puts it into the cache.")
                self._back(spot, write, path, hop, back)

        return True

    def setting(self, spot: Spot, node: ast.expr, wanted: str) -> None:
        """Go on to what is put into a setting of the app while it runs.

        :param wanted: The setting, ``"[NAME]"``.
        """
        if not self._on or wanted in (ANY, EACH):
            return

        words = "It comes back from the settings of the app."
        back = Hop(spot.frame.module, node, words)

        for store in self._program.heap.items(wanted)[:FAN]:
            if self._names.name_of(store.module, store.base) in CONFIGS:
                write = Write(store.module, store.node, store.value, store.path)
                words = "It is put into the settings of the app."
                hop = Hop(store.module, store.node, words)
                self._back(spot, write, spot.path, hop, back)

    def _back(self, spot: Spot, write: Write, path: Path, hop: Hop, back: Hop) -> None:
        self._trail.back_from(
            spot,
            back,
            self._program.around(write.module, write.node),
            write.value,
            (*write.path, *path),
            hop,
        )
