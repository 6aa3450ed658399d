"""What tries are taken from: several rates at once, in one trip to the store."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from collections.abc import Sequence

from ..controls.ratelimits.policy import Rate
from .house import House
from .keys import keyed
from .stores.base import StoreDown
from .stores.base import Take
from .stores.base import Verdict


@dataclasses.dataclass(frozen=True, slots=True)
class Allowance:
    """What one try takes from.

    :param name: For the log: ``"account"``.
    :param take: Its key is a keyed hash; no address stands in the store.
    :param used: How many tries before this one were taken and not given back, as far
        as time has not given them back.
    """

    name: str
    rate: Rate
    take: Take
    used: int = 0


#: What a try took, to be given back if it turns out right.
Ticket = tuple[Allowance, ...]

#: An allowance, and what became of the try that was taken from it.
Judged = tuple[Allowance, Verdict]


class Allowances:
    """What tries are taken from: all of them, or none.

    :param purpose: Of the key that names are hashed with: ``"accounts.throttle"``.
    """

    def __init__(self, house: House, purpose: str) -> None:
        self._house = house
        self._purpose = purpose

    @functools.cached_property
    def _key(self) -> bytes:
        return self._house.keys.of(self._purpose)[0]

    def of(self, name: str, several: Iterable[Rate], *who: str) -> Ticket:
        """Return the allowances of somebody, one for each rate.

        :param who: Who is counted, in as many texts as tell them from all others.
        """
        return tuple(
            Allowance(name, rate, Take(self._keyed(name, rate, who), *_numbers(rate)))
            for rate in several
        )

    def _keyed(self, name: str, rate: Rate, who: Sequence[str]) -> str:
        text = "\0".join((name, str(rate), *who))
        return keyed(self._key, text.encode("utf-8", "replace")).hex()[:40]

    def take(self, ticket: Ticket) -> list[Judged]:
        """Take a try from each, and return what became of it.

        :raises StoreDown: If the store cannot be reached.
        """
        house = self._house
        now = house.clock()
        found = house.store.trip(None, [a.take for a in ticket], now).verdicts
        house.upkeep.after_write(house.store, now)
        return list(zip(ticket, found, strict=True))

    def give_back(self, ticket: Ticket) -> None:
        """Give back what a try took that turned out right.

        Where the store fails, that is all that is lost: the try stays counted.
        """
        backs = [allowance.take._replace(cost=-1) for allowance in ticket]

        if not backs:
            return

        try:
            self._house.store.trip(None, backs, self._house.clock())
        except StoreDown as e:
            self._house.store_failed(e)


def over(judged: Iterable[Judged]) -> list[Judged]:
    """Return those that have nothing left."""
    return [pair for pair in judged if pair[1].wait > 0]


def taken(judged: Iterable[Judged]) -> Ticket:
    """Return those that something was taken from, with what was taken before."""
    return tuple(
        dataclasses.replace(allowance, used=allowance.rate.amount - verdict.left - 1)
        for allowance, verdict in judged
        if verdict.wait <= 0
    )


def _numbers(rate: Rate) -> tuple[float, int]:
    return rate.interval, rate.amount
