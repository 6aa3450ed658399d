"""Counts every request there is, in this process, with as little as can be."""

from __future__ import annotations

import math
import threading

from ..stores.base import Verdict
from .limit import Group
from .limit import Limit

#: How many clients are counted apart. Past it those that are whole again are forgotten.
MOST_CLIENTS = 100_000


class Counter:
    """Counts the tries of each client at one limit, by the generic cell rate algorithm.

    It does what :func:`~stopper.guard.stores.base.gcra` says, without the objects that
    a store's trip is made of: a limit that every request takes from has to be cheap.

    :param group: Of one limit, that is each client's and costs the same each time.
    """

    def __init__(self, group: Group) -> None:
        self.group = group
        limit = group.limits[0]
        take = limit.take(limit.rate, "", None)
        self._interval = take.interval
        self._span = take.interval * take.burst
        self._step = take.interval * take.cost
        self._start = f'"{limit.name}";r='
        self._arrivals: dict[str, float] = {}
        self._lock = threading.Lock()

    def take(self, client: str, now: float) -> float:
        """Take one try, and return the seconds that are left of the allowance.

        :return: Less than zero if the try is one too many: then it took nothing, and
            as many seconds are to be waited.
        """
        with self._lock:
            base = self._arrivals.get(client, now)

            # A clock that was set back must not lock anyone out for longer than that.
            if base < now:
                base = now
            elif base > now + self._span:
                base = now + self._span

            room = now + self._span - base - self._step

            if room > -1e-9:
                self._arrivals[client] = base + self._step

                if len(self._arrivals) > MOST_CLIENTS:
                    self._forget(now)

                return max(room, 0.0)

        return room

    def _forget(self, now: float) -> None:
        late = sorted((tat, c) for c, tat in self._arrivals.items() if tat > now)
        # Those that are nearest to their limit are the ones worth keeping.
        self._arrivals = {c: tat for tat, c in late[-MOST_CLIENTS // 2 :]}

    def left(self, room: float) -> str:
        """Return what is left, as ``RateLimit`` says it."""
        tries = int(room / self._interval + 1e-9)
        return f"{self._start}{tries};t={math.ceil(self._span - room)}"

    def verdict(self, room: float) -> Verdict:
        """Return the same as a store would say it."""
        if room >= 0:
            tries = int(room / self._interval + 1e-9)
            return Verdict(0.0, tries, self._span - room)

        before = room + self._step
        tries = max(0, int(before / self._interval + 1e-9))
        return Verdict(-room, tries, self._span - before)


def countable(limits: tuple[Limit, ...]) -> bool:
    """Say whether a counter can count these: one limit, each client's, of one cost."""
    return (
        len(limits) == 1
        and limits[0].per == "client"
        and isinstance(limits[0].cost, int)
    )
