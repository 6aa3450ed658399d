"""Counts what guests are tried with, as our own accounts count: by account and by client."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from collections.abc import Mapping

from ...catalogue.event import Action
from ...controls.accounts import settings
from ...controls.ratelimits.control import RATELIMITS
from ...controls.ratelimits.policy import Rate
from ...controls.ratelimits.policy import rates
from ..accounts.throttle import CODE_TRIES
from ..allowances import Allowances
from ..allowances import Judged
from ..allowances import over
from ..allowances import taken
from ..allowances import Ticket
from ..house import House
from ..identity import client
from ..identity import network
from ..stores.base import StoreDown
from ..stores.memory import MemoryStore
from .identities import Identity
from .logins import Kind


@dataclasses.dataclass(frozen=True, slots=True)
class Spent:
    """Why a try is one too many.

    :param policy: Which of the allowances is used up.
    :param wait: Seconds until the next try is looked at.
    """

    policy: str
    wait: float


class Tries:
    """Counts tries at the accounts of a guest, before they are looked at.

    The same settings hold as for our own accounts. What is counted is counted for
    accounts that do not exist as well. While the store is down each process counts for
    itself.
    """

    def __init__(self, house: House) -> None:
        config = house.config
        self._house = house
        self._allowances = Allowances(house, "guests.throttle")
        self._memory = MemoryStore()
        self._tries = rates(settings.TRIES.read(config))
        self._client = rates(settings.CLIENT_TRIES.read(config))
        self._stranger = rates(settings.STRANGER_TRIES.read(config))
        self._all = rates(settings.ALL_TRIES.read(config))
        self._mails = rates(settings.MAILS.read(config))
        self._client_mails = rates(settings.CLIENT_MAILS.read(config))

    def named(
        self, kind: Kind, who: Iterable[Identity], known: Mapping[Identity, str]
    ) -> Ticket:
        """Return what one try takes from, at accounts that it names.

        :param known: What tells this browser from others, of those in ``who`` that
            logged in with it before.
        """
        of, here = self._allowances.of, network(client())
        own, each = self._rates(kind)
        ticket: Ticket = ()
        strangers = 0

        for one in who:
            if one in known:
                ticket += of("device", own, kind.value, *one, known[one])
                # Who knew the password once may have made many browsers known.
                ticket += of("devices", self._stranger, kind.value, *one)
                continue

            strangers += 1
            ticket += of("account-and-client", own, kind.value, *one, here)

            # Somebody's name stands in other forms as well, where it is no account's.
            if kind is not Kind.OTHER:
                ticket += of("account", self._stranger, kind.value, *one)

        if strangers or not ticket:
            ticket += of("client", each, kind.value, here)

        if strangers and kind is Kind.LOGIN:
            ticket += of("all", self._all)

        return ticket

    def _rates(self, kind: Kind) -> tuple[tuple[Rate, ...], tuple[Rate, ...]]:
        if kind is Kind.MAIL:
            return self._mails, self._client_mails

        return self._tries, self._client

    def of_user(self, kind: Kind, user: str) -> Ticket:
        """Return what one try takes from, of who is known already."""
        of = self._allowances.of
        return (
            *of("code-and-client", self._tries, kind.value, user, network(client())),
            *of("code", CODE_TRIES, kind.value, user),
        )

    def take(self, ticket: Ticket) -> tuple[Ticket, Spent | None]:
        """Take one try; one that is too many takes nothing.

        :return: What was taken, to be given back if it turns out right, and why it is
            one too many.
        """
        judged = self._judged(ticket)
        spent = over(judged)

        if not spent:
            return ticket, None

        self.right(taken(judged))
        self._say_of_all(spent)
        first, verdict = max(spent, key=lambda pair: pair[1].wait)
        return (), Spent(first.name, verdict.wait)

    def right(self, ticket: Ticket) -> None:
        """Give back what a try took that turned out right."""
        self._allowances.give_back(ticket)

    def _judged(self, ticket: Ticket) -> list[Judged]:
        house = self._house

        try:
            return self._allowances.take(ticket)
        except StoreDown as e:
            house.store_failed(e)
            takes = [allowance.take for allowance in ticket]
            found = self._memory.trip(None, takes, house.clock()).verdicts
            return list(zip(ticket, found, strict=True))

    def _say_of_all(self, spent: Iterable[Judged]) -> None:
        house = self._house

        for allowance, _ in spent:
            window = int(house.clock() // allowance.rate.period)

            if allowance.name == "all" and house.once(("stuffing", window)):
                house.emit(
                    RATELIMITS.name,
                    "credential-stuffing",
                    Action.NOTED,
                    f"More than {allowance.rate} wrong passwords by browsers that never "
                    "logged in to the account: somebody tries them at large.",
                )
