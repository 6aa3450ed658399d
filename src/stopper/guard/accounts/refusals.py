"""Why accounts refuse a request, and how they say so."""

from __future__ import annotations

import math
import typing as t

from ...catalogue.event import Action
from ...controls.accounts.control import ACCOUNTS
from ..house import House
from ..refusal import Refusal
from ..refusal import Refused

#: What a visitor is told when the store or the database is down.
DOWN = Refusal(
    name="accounts-down",
    status=503,
    message="The store of STOPPER_STORE or the database of STOPPER_ACCOUNTS_URL cannot "
    "be reached, so nobody is let in.",
    says="This site cannot look up accounts just now. Try again in a few seconds.",
    headers=(("Retry-After", "5"),),
)


def too_many(policy: str, wait: float) -> Refusal:
    """Return the refusal of a try that is one too many.

    It says the same of an account that exists and of one that does not.

    :param policy: Which of the allowances is used up; for the log alone.
    :param wait: Seconds until the next try is looked at.
    """
    seconds = max(1, math.ceil(wait))
    return Refusal(
        name="too-many-tries",
        status=429,
        message=f"More tries than the allowance {policy} has.",
        says=f"Too many tries. Try again in {_words(seconds)}.",
        headers=(("Retry-After", str(seconds)),),
        details={"policy": policy, "wait": seconds},
    )


def _words(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds" if seconds > 1 else "a second"

    if seconds < 7200:
        return f"{math.ceil(seconds / 60)} minutes"

    return f"{math.ceil(seconds / 3600)} hours"


def refuse(house: House, refusal: Refusal) -> t.NoReturn:
    """Refuse the request, and say so.

    :raises Refused: Always.
    """
    house.emit(
        ACCOUNTS.name,
        refusal.name,
        Action.REFUSED,
        refusal.message,
        at_door=None,
        **refusal.details,
    )
    raise Refused(ACCOUNTS.name, refusal)
