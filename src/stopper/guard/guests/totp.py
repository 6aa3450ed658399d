"""Has a code of an authenticator count once, where Flask-Security checks it."""

from __future__ import annotations

import hashlib
import secrets
import sys
import typing as t

from ...catalogue.event import Action
from ..base import Guard
from ..stores.base import StoreDown
from ..stores.base import Take

#: Seconds for which a code is remembered: longer than any window in which it is right.
REMEMBERED = 900.0

#: How many bits a recovery code has: no list of them is tried out.
RECOVERY_BITS = 128


def harden(guard: Guard) -> None:
    """Have Flask-Security take each code once, and make recovery codes of 128 bits.

    Its hooks for that do nothing by themselves, so that a code which somebody watched
    being typed works again for as long as it is shown. An app that wrote them keeps its
    own. In report mode a code that comes again is an event.
    """
    factory = getattr(guard.house.app.extensions.get("security"), "_totp_factory", None)

    if factory is None:
        return

    module = sys.modules["flask_security.totp"]
    kind: t.Any = type(factory)

    # Somebody wrote one that keeps the counter in a column of their own.
    if kind.set_last_counter is module.Totp.set_last_counter:
        factory.set_last_counter = _Once(guard, module.TokenError)

    if kind.generate_recovery_codes is module.Totp.generate_recovery_codes:
        if not guard.reporting:
            factory.generate_recovery_codes = _recovery_codes


class _Once:
    """Called with a code that is right, before it counts.

    :param wrong: Raised where the code came before; Flask-Security takes it for wrong.
    """

    def __init__(self, guard: Guard, wrong: type[Exception]) -> None:
        self._guard = guard
        self._wrong = wrong

    def __call__(self, user: t.Any, match: t.Any) -> None:
        """Count a code.

        :raises Exception: If it came before, or nobody can know.
        """
        house = self._guard.house
        who = f"{user.fs_uniquifier}:{match.counter}".encode()
        key = f"guest-totp:{hashlib.blake2b(who, digest_size=16).hexdigest()}"
        take = Take(key, REMEMBERED, 1)

        try:
            (verdict,) = house.store.trip(None, (take,), house.clock()).verdicts
        except StoreDown as e:
            house.store_failed(e)

            if self._guard.reporting:
                return

            raise self._wrong("The store is down.") from e

        if verdict.wait > 0:
            self._refuse()

    def _refuse(self) -> None:
        reporting = self._guard.reporting
        self._guard.house.emit(
            self._guard.control.name,
            "totp-replayed",
            Action.REPORTED if reporting else Action.REFUSED,
            "A code of an authenticator came a second time.",
        )

        if not reporting:
            raise self._wrong("The code was used.")


def _recovery_codes(number: int) -> list[str]:
    # Groups of four, as Flask-Security's own.
    texts = (secrets.token_hex(RECOVERY_BITS // 8) for _ in range(number))
    return ["-".join(x[i : i + 4] for i in range(0, len(x), 4)) for x in texts]
