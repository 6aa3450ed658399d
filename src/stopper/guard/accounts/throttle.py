"""Counts wrong passwords, codes and mails, and lets nobody lock another one out."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable
from collections.abc import Sequence

from ...catalogue.event import Action
from ...controls.accounts import settings
from ...controls.accounts.control import ACCOUNTS
from ...controls.accounts.policy import address_key
from ...controls.ratelimits.policy import Rate
from ...controls.ratelimits.policy import rates
from ..house import House
from ..identity import client
from ..identity import network
from ..keys import keyed
from ..refusal import Refused
from ..stores.base import StoreDown
from ..stores.base import Take
from ..stores.base import Verdict
from .refusals import DOWN
from .refusals import refuse
from .refusals import too_many

#: Wrong codes for one user from everywhere: whoever tries them has the password. Of a
#: million codes three are right at a time, so that a day of this finds one in 5000.
CODE_TRIES = rates("20/hour; 60/day")


@dataclasses.dataclass(frozen=True, slots=True)
class Allowance:
    """What one try takes from.

    :param name: For the log: ``"account"``.
    :param take: Its key is a keyed hash; no address stands in the store.
    """

    name: str
    rate: Rate
    take: Take


#: What a try took, to be given back if it turns out right.
Ticket = tuple[Allowance, ...]


class Throttle:
    """Counts tries before they are looked at, in one trip to the store.

    A stranger is counted by the account and their network, by their network alone, by
    the account alone, and with all strangers of the app. A browser that logged in to the
    account before is counted by itself: whatever strangers do, its user gets in.

    What is counted is counted for accounts that do not exist as well.
    """

    def __init__(self, house: House) -> None:
        config = house.config
        self._house = house
        self._tries = rates(settings.TRIES.read(config))
        self._client = rates(settings.CLIENT_TRIES.read(config))
        self._stranger = rates(settings.STRANGER_TRIES.read(config))
        self._all = rates(settings.ALL_TRIES.read(config))
        self._mails = rates(settings.MAILS.read(config))
        self._client_mails = rates(settings.CLIENT_MAILS.read(config))

    @functools.cached_property
    def _key(self) -> bytes:
        return self._house.keys.of("accounts.throttle")[0]

    def password(self, address: str, known: str) -> Ticket:
        """Take one try at the password of an account.

        :param address: As it was typed.
        :param known: What tells this browser from others that logged in to the account
            before, empty for a stranger.
        :return: To be given back with :meth:`right`.
        :raises Refused: With 429 if it is one too many; then it took nothing. With 503
            if the store cannot be reached.
        """
        account, place = address_key(address), _client()

        if known:
            return self._taken(self._of("device", self._tries, account, known))

        return self._taken(
            (
                *self._of("account-and-client", self._tries, account, place),
                *self._of("client", self._client, place),
                *self._of("account", self._stranger, account),
                *self._of("all", self._all),
            )
        )

    def code(self, user: str, what: str) -> Ticket:
        """Take one try at a code, or at the password of who is logged in.

        :param user: An id.
        :param what: ``"totp"``, ``"recovery"``, ``"password"``: each is counted alone.
        :raises Refused: As :meth:`password` does.
        """
        return self._taken(
            (
                *self._of("code-and-client", self._tries, what, user, _client()),
                *self._of("code", CODE_TRIES, what, user),
            )
        )

    def mail(self, address: str, what: str) -> bool:
        """Say whether a mail with a link may be sent, and count it.

        That an address gets no more is not said to who asks: the last mail is there.

        :param what: ``"reset"``, ``"verify"``: each is counted alone, or registrations
            in somebody's name would keep their resets from being sent.
        :raises Refused: With 429 if this client asked for too many, with 503 if the
            store cannot be reached.
        """
        own = self._of("client-mails", self._client_mails, _client())
        theirs = self._of("mails", self._mails, what, address_key(address))
        verdicts = self._trip((*own, *theirs))
        self._judge((*own, *theirs), verdicts, only=len(own))
        return not any(v.wait > 0 for v in verdicts)

    def right(self, ticket: Ticket) -> None:
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

    def _of(self, name: str, several: Iterable[Rate], *who: str) -> Ticket:
        return tuple(
            Allowance(name, rate, Take(self._keyed(name, rate, who), *_numbers(rate)))
            for rate in several
        )

    def _keyed(self, name: str, rate: Rate, who: Sequence[str]) -> str:
        text = "\0".join((name, str(rate), *who))
        return keyed(self._key, text.encode("utf-8", "replace")).hex()[:40]

    def _taken(self, ticket: Ticket) -> Ticket:
        self._judge(ticket, self._trip(ticket), only=len(ticket))
        return ticket

    def _trip(self, ticket: Ticket) -> Sequence[Verdict]:
        house = self._house
        now = house.clock()

        try:
            found = house.store.trip(None, [a.take for a in ticket], now).verdicts
        except StoreDown as e:
            house.store_failed(e)
            raise Refused(ACCOUNTS.name, DOWN) from e

        house.upkeep.after_write(house.store, now)
        return found

    def _judge(self, ticket: Ticket, verdicts: Sequence[Verdict], *, only: int) -> None:
        """Refuse if one of the first verdicts says so, and give back the others.

        Who is refused must not use up what belongs to all.
        """
        pairs = list(zip(ticket, verdicts, strict=True))
        over = [pair for pair in pairs[:only] if pair[1].wait > 0]

        if not over:
            # What is refused in part took nothing in part: all of it, or none.
            if any(verdict.wait > 0 for verdict in verdicts[only:]):
                self.right(tuple(a for a, v in pairs[only:] if v.wait == 0))
            return

        self.right(tuple(a for a, v in pairs if v.wait == 0))
        first, verdict = max(over, key=lambda pair: pair[1].wait)
        self._say_of_all(over)
        refuse(self._house, too_many(first.name, verdict.wait))

    def _say_of_all(self, over: Sequence[tuple[Allowance, Verdict]]) -> None:
        """Say that passwords are being tried at large, once in the time of the rate."""
        house = self._house

        for allowance, _ in over:
            window = int(house.clock() // allowance.rate.period)

            if allowance.name == "all" and house.once(("stuffing", window)):
                house.emit(
                    ACCOUNTS.name,
                    "credential-stuffing",
                    Action.NOTED,
                    f"More than {allowance.rate} wrong passwords by browsers that never "
                    "logged in to the account: somebody tries them at large. Such "
                    "browsers wait for their turn, known ones and passkeys do not.",
                )


def _client() -> str:
    return network(client())


def _numbers(rate: Rate) -> tuple[float, int]:
    return rate.interval, rate.amount
