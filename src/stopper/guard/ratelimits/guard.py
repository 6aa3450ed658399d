"""Counts tries, and refuses those that are too many."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import typing as t
from collections.abc import Sequence

from flask import Request
from flask.typing import ResponseReturnValue

from ...catalogue.error import SettingError
from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.general import STORE
from ...controls.ratelimits.control import RATELIMITS
from ..base import Guard
from ..base import Headers
from ..house import House
from ..identity import network
from ..passage import Passage
from ..refusal import Refusal
from ..stores.base import StoreDown
from ..stores.base import Verdict
from ..stores.memory import MemoryStore
from .table import Applied
from .table import complain_of_unknown
from .table import Limit
from .table import Table

#: Seconds in which a store that is down is said to be so once.
SAID_AGAIN = 60

_NAME = RATELIMITS.name


class Tally:
    """What is counted for one request.

    :param client: The network of the client.
    :param here: The limits that are counted in this process's memory.
    :param first: The limits that the trip to the store asks.
    :param at: Where their takes begin among those of the trip.
    """

    __slots__ = ("applied", "at", "client", "first", "found", "here")

    def __init__(
        self,
        applied: Applied,
        client: str,
        here: tuple[Limit, ...],
        first: tuple[Limit, ...],
        at: int,
    ) -> None:
        self.applied = applied
        self.client = client
        self.here = here
        self.first = first
        self.at = at
        #: What was found, for the headers of the answer.
        self.found: list[tuple[Limit, Verdict]] = []


class RateLimitsGuard(Guard):
    """Counts tries, and refuses those that are too many."""

    control = RATELIMITS

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._table = Table(house.app, house.config)
        #: Counts what the store does not: every request, where that would be a write to
        #: a database, and guesses while the store is down.
        self._memory = MemoryStore()
        self._looked = False
        self._look_at_names()

    def _look_at_names(self) -> None:
        try:
            complain_of_unknown(self._table.unknown())
        except SettingError as e:
            if not self.reporting:
                raise

            self.house.emit(_NAME, "setting-refused", Action.FAILED, str(e))

    def door(self, passage: Passage) -> None:
        """Look, once, whether several processes would each count for itself.

        :raises StartError: If they would.
        """
        if not self._looked:
            self._look(bool(passage.environ.get("wsgi.multiprocess")))
            self._looked = True

    def _look(self, several: bool) -> None:
        if not several or self.house.relaxed or not self._table.guesses():
            return

        try:
            if self.house.store.shared:
                return
        except StoreDown:
            # What cannot be reached is not in this process's memory.
            return

        message = (
            "Several processes serve the app, and limits are counted in the memory of "
            f"each: a visitor has so many times the tries. Set {STORE.key} to a store "
            "that all of them see, or serve with one process and threads."
        )

        if not self.reporting:
            raise StartError(message)

        self.house.emit(_NAME, "counters-apart", Action.FAILED, message)

    def plan(self, passage: Passage, request: Request) -> None:
        """Have the trip to the store ask the counters that it can ask."""
        rule = request.url_rule
        applied = self._table.of(rule.endpoint if rule else None, request.method)

        if applied is None or passage.health:
            return

        here, first = applied.everywhere, applied.first

        # In a database each take is a write, too much for every request there is.
        if here and self._counts():
            here, first = (), here + first

        client = network(request.remote_addr)
        tally = Tally(applied, client, here, first, len(passage.takes))
        passage.keep(_NAME, tally)

        if first:
            passage.takes += tuple([one.take(_who(one, client)) for one in first])

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse a try that is one too many."""
        tally: Tally | None = passage.held(_NAME)

        if tally is None:
            return None

        if tally.here:
            takes = [one.take(tally.client) for one in tally.here]
            found = self._memory.trip(None, takes, self.house.clock())

            if self._judge(request, tally, tally.here, found.verdicts):
                return None

        if tally.first:
            trip = passage.trip
            end = tally.at + len(tally.first)
            verdicts = (
                self._alone(tally, tally.first)
                if trip is None
                else trip.verdicts[tally.at : end]
            )

            if self._judge(request, tally, tally.first, verdicts):
                return None

        for group in tally.applied.later:
            if self._judge(request, tally, group, self._asked(tally, group)):
                return None

        return None

    def _counts(self) -> bool:
        try:
            return self.house.store.counts
        except StoreDown:
            return False

    def _asked(self, tally: Tally, group: tuple[Limit, ...]) -> Sequence[Verdict]:
        """Ask counters on a trip of their own, the session being known by now."""
        user = self._user() if any(one.per == "user" for one in group) else None
        takes = [one.take(_who(one, tally.client, user)) for one in group]

        try:
            return self.house.store.trip(None, takes, self.house.clock()).verdicts
        except StoreDown:
            return self._alone(tally, group, user)

    def _user(self) -> str | None:
        known = self.house.known()
        # Where the app's own function failed, all would be one user.
        return None if known == "unknown" else known

    def _alone(
        self, tally: Tally, group: tuple[Limit, ...], user: str | None = None
    ) -> Sequence[Verdict]:
        """Count without the store: guesses strictly in this process, nothing else."""
        guess = tally.applied.guess
        now = self.house.clock()

        if self.house.once(("limits-alone", guess, int(now // SAID_AGAIN))):
            self.house.emit(
                _NAME,
                "counted-alone" if guess else "not-counted",
                Action.FAILED,
                "The store is down: each process counts the tries at logins for itself, "
                "and allows half as many."
                if guess
                else "The store is down: limits that it counts let everything through, "
                "but for those of logins.",
            )

        if not guess:
            return ()

        takes = [one.strict(_who(one, tally.client, user)) for one in group]
        return self._memory.trip(None, takes, now).verdicts

    def _judge(
        self,
        request: Request,
        tally: Tally,
        limits: tuple[Limit, ...],
        verdicts: Sequence[Verdict],
    ) -> bool:
        """Refuse if one of the verdicts says so; return whether one did."""
        found = list(zip(limits, verdicts, strict=False))
        over = [pair for pair in found if pair[1].wait > 0]

        if not over:
            tally.found += found
            return False

        # Only what the client can do something about.
        tally.found = over
        limit, verdict = max(over, key=lambda pair: pair[1].wait)
        wait = max(1, math.ceil(verdict.wait))
        self._note_proxy(request)
        self.refuse(
            Refusal(
                name="too-many-tries",
                status=429,
                message=f"More than {limit.rate} by one {limit.per} ({limit.name}).",
                says=f"Too many requests. Try again in {wait} seconds.",
                headers=(("Retry-After", str(wait)),),
                details={
                    "policy": limit.name,
                    "limit": str(limit.rate),
                    "per": limit.per,
                    "wait": wait,
                },
            )
        )
        return True

    def _note_proxy(self, request: Request) -> None:
        """Say that clients may have been counted as one, their proxy's address."""
        if "HTTP_X_FORWARDED_FOR" not in request.environ or self.house.config.get(
            "STOPPER_PROXIES"
        ):
            return

        if _inside(request.remote_addr) and self.house.once("limits-proxy"):
            self.house.emit(
                _NAME,
                "proxy-counted",
                Action.NOTED,
                "Requests come from an address inside, with X-Forwarded-For: if that is "
                "your proxy's, all its clients are counted as one. STOPPER_PROXIES says "
                "which proxy is believed.",
            )

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Say how much is left, where something was counted."""
        kept = passage.kept

        if kept is None:
            return

        tally: Tally | None = kept.get(_NAME)

        if tally is None or not tally.found or self.reporting:
            return

        found = tally.found
        policies = ", ".join([limit.policy for limit, _ in found])
        left = ", ".join([_left(limit.name, verdict) for limit, verdict in found])
        headers += (("RateLimit-Policy", policies), ("RateLimit", left))


def _left(name: str, verdict: Verdict) -> str:
    return f'"{name}";r={verdict.left};t={math.ceil(verdict.reset)}'


def _who(limit: Limit, client: str, user: str | None = None) -> str:
    """Return who is counted, as a key may say it."""
    if limit.per == "client":
        return client

    if limit.per == "route":
        return ""

    if user is None:
        return f"c{client}"

    # An id may be an address or long.
    return f"u{hashlib.blake2b(user.encode(), digest_size=16).hexdigest()}"


def _inside(address: t.Any) -> bool:
    try:
        return ipaddress.ip_address(address or "127.0.0.1").is_private
    except ValueError:
        return True
