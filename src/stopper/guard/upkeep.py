"""Has the store forget what is past, now and then and a little at a time."""

from __future__ import annotations

import contextlib
import random

from .stores.base import Store
from .stores.base import StoreDown

#: Seconds between two sweeps, in one process.
EVERY = 600.0

#: Seconds until the next one where more is left, as after a flood of visitors. Each
#: takes more than a process can write in the meantime.
SOON = 1.0


class Upkeep:
    """Says when the store is swept: with a write, if it is time.

    :param now: In seconds since 1970, as all times here.
    """

    def __init__(self, now: float) -> None:
        # A server may start its processes anew before one is as old as that.
        self._last = now - random.uniform(0, EVERY)  # noqa: S311  # nobody guesses it
        self._pause = EVERY

    def after_write(self, store: Store, now: float) -> None:
        """Sweep the store, if it is time."""
        # A clock that was set back must not stop it.
        if 0 <= now - self._last < self._pause:
            return

        self._last, self._pause = now, EVERY

        # What is past is past, swept or not.
        with contextlib.suppress(StoreDown):
            if store.sweep(now):
                self._pause = SOON
