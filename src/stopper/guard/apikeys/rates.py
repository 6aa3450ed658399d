"""How often a key may be used, and how many wrong ones a client may send."""

from __future__ import annotations

import functools

from ...catalogue.event import Action
from ...controls.apikeys import settings
from ...controls.ratelimits.policy import Rate
from ...controls.ratelimits.policy import rates
from ..allowances import Allowances
from ..house import House
from ..identity import network
from ..passage import Passage
from ..refusal import Refusal
from ..stores.base import StoreDown
from ..stores.base import Take
from .key import Key
from .refusals import too_often

#: Seconds in which a store that is down is said to be so once.
_SAID_AGAIN = 60


class KeyRates:
    """Counts the uses of keys, and the wrong ones of a client."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._allowances = Allowances(house, "apikeys.allowances")
        self._usual = settings.RATE.read(house.config)
        self._wrong = _rates(settings.WRONG.read(house.config))

    def takes(self, key: Key) -> tuple[Take, ...]:
        """Return what one use of a key takes, for the trip of the request.

        A token takes of its key's allowance: to mint many brings nothing.
        """
        found = self._allowances.of("key", _rates(key.rate or self._usual), key.id)
        return tuple([allowance.take for allowance in found])

    def judged(self, passage: Passage, key: Key) -> Refusal | None:
        """Return why a key is refused for now, ``None`` if it is not.

        With the store down it is not: whoever has a key guesses nothing.
        """
        verdicts = passage.key_verdicts

        if passage.key_takes and not verdicts:
            self._say_not_counted()
            return None

        worst = max(verdicts, key=lambda v: v.wait, default=None)

        if worst is None or worst.wait <= 0:
            return None

        rate = _rates(key.rate or self._usual)[verdicts.index(worst)]
        return too_often(key.id, worst, str(rate))

    def wrong(self, address: str | None) -> float:
        """Count a wrong key, and return for how many seconds the client sends too many.

        Right ones go on to work: nobody guesses 160 bits, and behind one address are
        many programs.
        """
        ticket = self._allowances.of("wrong", self._wrong, network(address))

        if not ticket:
            return 0.0

        try:
            judged = self._allowances.take(ticket)
        except StoreDown as e:
            self._house.store_failed(e)
            return 0.0

        return max(verdict.wait for _, verdict in judged)

    def _say_not_counted(self) -> None:
        house = self._house

        if house.once(("keys-not-counted", int(house.clock() // _SAID_AGAIN))):
            house.emit(
                "apikeys",
                "not-counted",
                Action.FAILED,
                "The store is down: how often keys are used is not counted.",
            )


@functools.lru_cache(maxsize=256)
def _rates(text: str) -> tuple[Rate, ...]:
    return rates(text) if text else ()
