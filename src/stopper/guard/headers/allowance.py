"""How many reports are taken, from one sender and from all."""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable

from ..identity import network

#: How many senders are counted apart. The one that was silent longest is forgotten.
MOST_SENDERS = 4096


class Allowance:
    """A bucket of tokens for each sender and one for all, refilled as time goes by.

    :param clock: Returns seconds.
    :param per_minute: How many a sender may send in a minute, and at once.
    :param in_all: The same for all senders together.
    """

    def __init__(
        self, clock: Callable[[], float], per_minute: int, in_all: int
    ) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._in_all = in_all
        self._all = (float(in_all), clock())
        self._senders: collections.OrderedDict[str, tuple[float, float]] = (
            collections.OrderedDict()
        )
        self._lock = threading.Lock()

    def take(self, sender: str | None) -> bool:
        """Take one token, if the sender and all together have one left."""
        key = network(sender)
        now = self._clock()

        with self._lock:
            full = float(self._per_minute), now
            mine = _filled(self._senders.pop(key, full), now, self._per_minute)
            everyone = _filled(self._all, now, self._in_all)
            taken = mine >= 1 and everyone >= 1
            self._senders[key] = (mine - taken, now)
            self._all = (everyone - taken, now)

            if len(self._senders) > MOST_SENDERS:
                self._senders.popitem(last=False)

            return taken


def _filled(bucket: tuple[float, float], now: float, size: int) -> float:
    tokens, since = bucket
    return min(float(size), tokens + max(0.0, now - since) * size / 60)
