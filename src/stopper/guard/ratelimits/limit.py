"""One limit of a view, and those that are asked together."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Sequence

from ...controls.ratelimits.policy import Rate
from ..stores.base import Take
from ..stores.base import Verdict
from .marks import Cost

#: How many clients' takes are kept ready, for each group.
MOST_READY = 2000


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """One rate that holds for a view.

    :param name: What headers and events call it.
    :param key: The beginning of its counters' keys.
    :param setting: The setting that lays it on every view; empty for the view's own.
    """

    name: str
    rate: Rate
    per: str
    cost: Cost
    key: str
    setting: str = ""

    @property
    def policy(self) -> str:
        """The limit as a member of ``RateLimit-Policy``."""
        return f'"{self.name}";q={self.rate.amount};w={self.rate.period}'

    def take(self, rate: Rate, client: str, user: str | None) -> Take:
        """Return what a request takes, at this rate."""
        cost = self.cost if isinstance(self.cost, int) else int(self.cost())
        # More than there ever is would be refused for good.
        cost = max(0, min(cost, rate.amount))
        key = self.key + self._who(client, user)
        return Take(key, rate.interval, rate.amount, cost)

    def _who(self, client: str, user: str | None) -> str:
        if self.per == "client":
            return client

        if self.per == "route":
            return ""

        if user is None:
            return f"c{client}"

        # An id may be an address or long.
        return f"u{hashlib.blake2b(user.encode(), digest_size=16).hexdigest()}"


class Group:
    """Limits that are asked together, and what headers say of them.

    :param limits: In the order of the verdicts.
    """

    def __init__(self, limits: tuple[Limit, ...]) -> None:
        self.limits = limits
        self.policies = ", ".join([limit.policy for limit in limits])
        self.of_users = any(limit.per == "user" for limit in limits)
        self._starts = tuple(f'"{limit.name}";r=' for limit in limits)
        #: What clients take that asked before, for it is the same each time.
        self._ready: dict[str, tuple[Take, ...]] = {}

    def of_client(self, client: str) -> tuple[Take, ...]:
        """Return what a client's request takes of limits that need nothing else."""
        takes = self._ready.get(client)

        if takes is None:
            takes = self.takes(client, None)

            if len(self._ready) >= MOST_READY:
                self._ready.clear()

            self._ready[client] = takes

        return takes

    def takes(self, client: str, user: str | None) -> tuple[Take, ...]:
        """Return what a request takes."""
        return tuple([one.take(one.rate, client, user) for one in self.limits])

    def strict(self, client: str, user: str | None) -> tuple[Take, ...]:
        """Return the same at half the rates, for when this process counts alone."""
        return tuple([one.take(one.rate.halved(), client, user) for one in self.limits])

    def left(self, verdicts: Sequence[Verdict]) -> str:
        """Return what is left, as ``RateLimit`` says it."""
        if len(verdicts) == 1:
            verdict = verdicts[0]
            return f"{self._starts[0]}{verdict.left};t={math.ceil(verdict.reset)}"

        pairs = zip(self._starts, verdicts, strict=False)
        return ", ".join([f"{s}{v.left};t={math.ceil(v.reset)}" for s, v in pairs])


def grouped(limits: tuple[Limit, ...]) -> Group | None:
    """Return the group of these limits, ``None`` if there are none."""
    return Group(limits) if limits else None
