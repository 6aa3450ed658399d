"""Counts tries, and refuses those that are too many."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from collections.abc import Sequence

from flask import Request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ...catalogue.event import Action
from ...controls.ratelimits.control import RATELIMITS
from ...controls.sessions.control import SESSION_USER_KEYS
from ..base import Guard
from ..base import Headers
from ..guests import totp
from ..house import House
from ..identity import network
from ..passage import Passage
from ..stores.base import StoreDown
from ..stores.base import Verdict
from ..stores.memory import MemoryStore
from .counter import countable
from .counter import Counter
from .limit import Group
from .proxy import note_proxy
from .refusals import too_many_tries
from .start import look_at_names
from .start import look_at_store
from .table import Applied
from .table import Table
from .tally import Tally

#: Seconds in which a store that is down is said to be so once.
SAID_AGAIN = 60

_NAME = RATELIMITS.name


class RateLimitsGuard(Guard):
    """Counts tries, and refuses those that are too many.

    :raises StartError: If several processes would each count for itself.
    :raises SettingError: If a view names a policy that there is none of.
    """

    control = RATELIMITS

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._table = Table(house.app, house.config)
        # Where the app's own function failed, or the session holds what has no name, as
        # a dictionary: all would be one user.
        keys = SESSION_USER_KEYS.read(house.config)
        self._nameless = {"unknown", *(f"({key})" for key in keys)}
        #: Counts what the store does not: every request, where that would be a write to
        #: a database, and guesses while the store is down.
        self._memory = MemoryStore()
        look_at_names(self, self._table)
        look_at_store(self, self._table)
        totp.harden(self)

    def plan(self, passage: Passage, request: Request) -> None:
        """Have the trip to the store ask the counters that it can ask."""
        rule = request.url_rule
        applied = self._table.of(rule.endpoint if rule else None, request.method)

        if applied is None or passage.health:
            return

        # In a database each take is a write, too much for every request there is.
        in_store = self._all_in_store
        here = None if in_store else applied.everywhere
        first = applied.both if in_store else applied.first

        if first is None and not applied.later and self._counter is not None:
            passage.tally = self._counter
            return

        client = network(request.remote_addr)

        if first is not None:
            passage.takes = first.of_client(client)

            # The usual case: one group, and the trip says all there is to say.
            if here is None and not applied.later:
                passage.tally = first
                return

        passage.tally = Tally(applied, client, here, first)

    @functools.cached_property
    def _all_in_store(self) -> bool:
        """Whether the store counts every request too: it can, and others see it."""
        try:
            return self.house.store.counts and self.house.store.shared
        except StoreDown:
            # On trial: see look_at_store.
            return False

    @functools.cached_property
    def _counter(self) -> Counter | None:
        """What counts every request in this process."""
        group = self._table.everywhere

        if group is None or self._all_in_store or not countable(group.limits):
            return None

        return Counter(group)

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse a try that is one too many."""
        tally: Counter | Group | Tally | None = passage.tally

        if tally is None:
            return None

        if isinstance(tally, Counter):
            client = network(request.remote_addr)
            room = passage.room = tally.take(client, self.house.clock())

            if room < 0:
                passage.tally = self._counted(request, client, tally, room)

            return None

        if isinstance(tally, Group):
            trip = passage.trip

            if trip is not None and not _any_waits(trip.verdicts):
                return None

            tally = passage.tally = self._tally(request, tally)

        self._judge(tally, passage, request)
        return None

    def _counted(
        self, request: Request, client: str, counter: Counter, room: float
    ) -> Tally:
        applied = Applied(counter.group, None, None, (), False)
        tally = Tally(applied, client, counter.group, None)
        self._over(request, tally, counter.group, (counter.verdict(room),))
        return tally

    def _tally(self, request: Request, first: Group) -> Tally:
        rule = request.url_rule
        applied = self._table.of(rule.endpoint if rule else None, request.method)
        group = Applied(None, first, first, (), applied is not None and applied.guess)
        return Tally(group, network(request.remote_addr), None, first)

    def _judge(self, tally: Tally, passage: Passage, request: Request) -> None:
        """Judge group by group; on trial, the first that is over ends it."""
        if tally.here is not None:
            if self._over(request, tally, tally.here, self._here(tally, tally.here)):
                return

        if tally.first is not None:
            first, trip = tally.first, passage.trip
            found = self._alone(tally, first) if trip is None else trip.verdicts

            if self._over(request, tally, first, found):
                return

        for group in tally.applied.later:
            if self._over(request, tally, group, self._asked(tally, group)):
                return

    def _here(self, tally: Tally, group: Group) -> Sequence[Verdict]:
        now = self.house.clock()

        if self._counter is not None:
            return (self._counter.verdict(self._counter.take(tally.client, now)),)

        return self._memory.trip(None, group.of_client(tally.client), now).verdicts

    def _asked(self, tally: Tally, group: Group) -> Sequence[Verdict]:
        """Ask counters on a trip of their own, the session being known by now."""
        user = self._user() if group.of_users else None

        try:
            return self.house.store.trip(
                None, group.takes(tally.client, user), self.house.clock()
            ).verdicts
        except StoreDown:
            return self._alone(tally, group, user)

    def _user(self) -> str | None:
        known = self.house.known()
        return None if known in self._nameless else known

    def _alone(
        self, tally: Tally, group: Group, user: str | None = None
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

        return self._memory.trip(None, group.strict(tally.client, user), now).verdicts

    def _over(
        self,
        request: Request,
        tally: Tally,
        group: Group,
        verdicts: Sequence[Verdict],
    ) -> bool:
        """Refuse if one of the verdicts says so; return whether one did."""
        if not _any_waits(verdicts):
            tally.found += ((group, verdicts),)
            return False

        pairs = zip(group.limits, verdicts, strict=False)
        over = [pair for pair in pairs if pair[1].wait > 0]
        # Only what the client has to wait for.
        tally.found = ((Group(tuple(x for x, _ in over)), [v for _, v in over]),)
        note_proxy(self.house, request)
        self.refuse(too_many_tries(*max(over, key=lambda pair: pair[1].wait)))
        return True

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return the limits of the route, with the one that logins have by default."""
        return self._table.declared(rule.endpoint, method)

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Say how much is left, where something was counted."""
        tally: Counter | Group | Tally | None = passage.tally

        if tally is None or self.reporting:
            return

        if isinstance(tally, Counter):
            headers.append(("RateLimit-Policy", tally.group.policies))
            headers.append(("RateLimit", tally.left(passage.room)))
        elif isinstance(tally, Group):
            if passage.trip is not None:
                headers.append(("RateLimit-Policy", tally.policies))
                headers.append(("RateLimit", tally.left(passage.trip.verdicts)))
        elif tally.found:
            policies = ", ".join([group.policies for group, _ in tally.found])
            left = ", ".join([group.left(verdicts) for group, verdicts in tally.found])
            headers += (("RateLimit-Policy", policies), ("RateLimit", left))


def _any_waits(verdicts: Sequence[Verdict]) -> bool:
    for verdict in verdicts:  # noqa: SIM110  # any() makes a generator
        if verdict.wait > 0:
            return True

    return False
