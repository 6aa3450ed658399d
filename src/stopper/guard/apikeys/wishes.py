"""What somebody wants a new key to be, and what is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from ...catalogue.error import StopperError
from ...controls.apikeys.policy import networks_in
from ...controls.ratelimits.policy import complain_of_rates
from ...controls.ratelimits.policy import rates
from ..tables.columns import LABEL

#: Characters of the networks and of the scopes of one key.
LONGEST = 2000


class BadWish(StopperError):
    """A key cannot be made so.

    :param field: Which part of the wish is wrong: ``"scopes"``.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclasses.dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a new key to be.

    :param days: For how long it is to be valid, ``None`` for as long as may be.
    :param networks: From where it is to be taken: ``"192.0.2.0/24 2001:db8::/48"``.
    :param rate: How often it may be used, ``"100/minute"``; empty for the setting's.
    """

    label: str = ""
    scopes: tuple[str, ...] = ()
    days: int | None = None
    networks: str = ""
    rate: str = ""


def checked(
    wish: Wish, scopes: Iterable[str], most_days: int, most_rate: str = ""
) -> Wish:
    """Return a wish as it is kept.

    :param scopes: Those that its owner may give.
    :param most_rate: How often a key may be used at most; empty for no limit.
    :raises BadWish: If something is wrong with it.
    """
    days = most_days if wish.days is None else wish.days

    if not 1 <= days <= most_days:
        raise BadWish("days", f"A key is valid for 1 to {most_days} days.")

    label = " ".join(wish.label.split())

    if len(label) > LABEL or not label.isprintable():
        raise BadWish("label", f"A label has at most {LABEL} characters.")

    known = sorted(scopes)
    strange = sorted(set(wish.scopes) - set(known))

    if strange:
        given = f", as is {', '.join(known)}" if known else ""
        raise BadWish(
            "scopes", f"{strange[0][:60]!r} is no scope that may be given{given}."
        )

    complaint = complain_of_rates(wish.rate)

    if complaint or len(wish.rate) > 100:
        raise BadWish("rate", f"A rate {complaint or 'has 100 characters at most'}.")

    if wish.rate and not _narrower(wish.rate, most_rate):
        raise BadWish("rate", f"A key may be used {most_rate} at most.")

    networks = _networks(wish.networks)
    return Wish(label, tuple(sorted(set(wish.scopes))), days, networks, wish.rate)


def _narrower(rate: str, most: str) -> bool:
    """Say whether each limit of ``most`` is kept by one of ``rate``."""
    return all(
        any(r.amount <= m.amount and r.interval >= m.interval for r in rates(rate))
        for m in (rates(most) if most else ())
    )


def _networks(text: str) -> str:
    if len(text) > LONGEST:
        raise BadWish("networks", f"Networks have {LONGEST} characters at most.")

    try:
        found = " ".join(map(str, networks_in(text)))
    except ValueError as e:
        raise BadWish("networks", f"A network is wrong: {e}.") from e

    # None at all would allow every address.
    if text.strip() and not found:
        raise BadWish("networks", f"{text.strip()[:60]!r} names no network.")

    return found
