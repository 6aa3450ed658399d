"""Counts wrong passwords, codes and mails, and lets nobody lock another one out."""

from __future__ import annotations

from collections.abc import Sequence

from ...catalogue.event import Action
from ...controls.accounts import settings
from ...controls.accounts.control import ACCOUNTS
from ...controls.accounts.policy import address_key
from ...controls.ratelimits.policy import rates
from ..allowances import Allowances
from ..allowances import Judged
from ..allowances import over
from ..allowances import taken
from ..allowances import Ticket
from ..house import House
from ..identity import client
from ..identity import network
from ..refusal import Refused
from ..stores.base import StoreDown
from .refusals import DOWN
from .refusals import refuse
from .refusals import too_many

#: Wrong codes for one user from everywhere: whoever tries them has the password. Of a
#: million codes three are right at a time, so that a day of this finds one in 5000.
CODE_TRIES = rates("20/hour; 60/day")

#: The allowances that are of one account.
OF_ONE = frozenset({"account", "account-and-client", "device", "devices"})


class Throttle:
    """Counts tries before they are looked at, in one trip to the store.

    A stranger is counted by the account and their network, by their network alone, by
    the account alone, and with all strangers of the app. A browser that logged in to the
    account before is counted by itself, and with the others that did: whatever strangers
    do, its user gets in.

    What is counted is counted for accounts that do not exist as well.
    """

    def __init__(self, house: House) -> None:
        config = house.config
        self._house = house
        self._allowances = Allowances(house, "accounts.throttle")
        self._of = self._allowances.of
        self._tries = rates(settings.TRIES.read(config))
        self._client = rates(settings.CLIENT_TRIES.read(config))
        self._stranger = rates(settings.STRANGER_TRIES.read(config))
        self._all = rates(settings.ALL_TRIES.read(config))
        self._mails = rates(settings.MAILS.read(config))
        self._client_mails = rates(settings.CLIENT_MAILS.read(config))

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

        found = self._of_known(account, known) if known else None
        return found or self._taken(
            (
                *self._of("account-and-client", self._tries, account, place),
                *self._of("client", self._client, place),
                *self._of("account", self._stranger, account),
                *self._of("all", self._all),
            )
        )

    def _of_known(self, account: str, known: str) -> Ticket | None:
        """Take one try of a browser that is known; ``None`` if it is to be a stranger.

        Each login makes a browser known, so that who had the password once can have any
        number of them: together they have no more tries than strangers.
        """
        own = self._of("device", self._tries, account, known)
        ticket = (*own, *self._of("devices", self._stranger, account))
        judged = self._trip(ticket)
        self._judge(judged, only=len(own))

        if not over(judged):
            return taken(judged)

        self.right(own)
        return None

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

    def mail(self, address: str, what: str, known: str = "") -> bool:
        """Say whether a mail with a link may be sent, and count it.

        That an address gets no more is not said to who asks: the last mail is there.

        :param what: ``"reset"``, ``"verify"``: each is counted alone, or registrations
            in somebody's name would keep their resets from being sent.
        :param known: What tells this browser from others that logged in to the account
            before, which is counted by itself: who asks in somebody's name all day long
            must not keep them from their own.
        :raises Refused: With 429 if this client asked for too many, with 503 if the
            store cannot be reached.
        """
        own = self._of("client-mails", self._client_mails, _client())
        name, who = ("mails-device", (known,)) if known else ("mails", ())
        theirs = self._of(name, self._mails, what, address_key(address), *who)
        judged = self._trip((*own, *theirs))
        self._judge(judged, only=len(own))
        return not over(judged)

    def right(self, ticket: Ticket) -> None:
        """Give back what a try took that turned out right.

        Where the store fails, that is all that is lost: the try stays counted.
        """
        self._allowances.give_back(ticket)

    def _taken(self, ticket: Ticket) -> Ticket:
        judged = self._trip(ticket)
        self._judge(judged, only=len(judged))
        return taken(judged)

    def _trip(self, ticket: Ticket) -> list[Judged]:
        try:
            return self._allowances.take(ticket)
        except StoreDown as e:
            self._house.store_failed(e)
            raise Refused(ACCOUNTS.name, DOWN) from e

    def _judge(self, judged: Sequence[Judged], *, only: int) -> None:
        """Refuse if one of the first verdicts says so, and give back the others.

        Who is refused must not use up what belongs to all.
        """
        spent = over(judged[:only])

        if not spent:
            # What is refused in part took nothing in part: all of it, or none.
            if over(judged[only:]):
                self.right(taken(judged[only:]))
            return

        self.right(taken(judged))
        first, verdict = max(spent, key=lambda pair: pair[1].wait)
        self._say_of_all(spent)
        refuse(self._house, too_many(first.name, verdict.wait))

    def _say_of_all(self, spent: Sequence[Judged]) -> None:
        """Say that passwords are being tried at large, once in the time of the rate."""
        house = self._house

        for allowance, _ in spent:
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


def wrong_before(ticket: Ticket) -> int:
    """Return how many wrong passwords came before at the account of a try."""
    return max((a.used for a in ticket if a.name in OF_ONE), default=0)
