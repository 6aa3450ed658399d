"""What is done where two have the token of one browser."""

from __future__ import annotations

from ....catalogue.event import Action
from ....controls.accounts.control import ACCOUNTS
from ...sessions.listing import Sessions
from .. import login
from ..parts import Parts
from ..places import link_to
from .series import Copied
from .series import Series


def end_sessions(user: str, series: str) -> None:
    """End the sessions that belong to a remembered browser.

    :raises Refused: With 503 if the store cannot be reached.
    """
    Sessions().revoke_those(user, lambda data: login.series_of(data) == series)


def end_copied(parts: Parts, series: Series, copied: Copied, purpose: str) -> None:
    """End a series that two have, and what was logged in by it; tell the user, once.

    :raises Refused: With 503 if the store cannot be reached; then nothing is told, and
        the next request finds it out again.
    """
    user = copied.user
    end_sessions(user, copied.id)
    first = series.end(user, [copied.id])
    # One may have begun since.
    end_sessions(user, copied.id)

    if first:
        _tell(parts, user, purpose)


def _tell(parts: Parts, user: str, purpose: str) -> None:
    parts.house.emit(
        ACCOUNTS.name,
        "remember-replayed",
        Action.REFUSED,
        "A token of a remembered browser came that had been replaced by a newer one. "
        "One of the two is a copy, so neither is remembered any more.",
        user=user,
        purpose=purpose,
    )

    with parts.database.reading() as sql:
        person = parts.people.by_id(sql, user)

    if person is not None:
        parts.mailer.send(
            person.address,
            "device-copied",
            link=link_to(parts.house, "devices"),
            reset=link_to(parts.house, "reset"),
        )
