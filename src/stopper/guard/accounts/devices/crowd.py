"""Ending a session with what keeps its browser logged in, and the oldest of too many."""

from __future__ import annotations

from flask import session

from ....catalogue.event import Action
from ....controls.accounts.control import ACCOUNTS
from ....controls.accounts.settings import SESSIONS
from ...sessions.listing import Sessions
from .. import login
from ..parts import Parts
from .series import Series


def end_oldest(parts: Parts, series: Series, user: str, most: int) -> None:
    """End the oldest sessions of who is logging in, where there are too many.

    :param most: How many there may be with the one that begins; 0 for any number.
    :raises Refused: If the store cannot be reached.
    """
    if not most:
        return

    others = [one for one in Sessions().of(user) if not one.current]

    for one in others[most - 1 :]:
        end_session(series, user, one.handle, keep=login.series_of(session))
        parts.house.emit(
            ACCOUNTS.name,
            "session-crowded-out",
            Action.NOTED,
            f"The oldest session was ended: {SESSIONS.key} is {most}.",
            user=user,
        )


def end_session(series: Series, user: str, handle: str, keep: str = "") -> bool:
    """End a session, and what keeps its browser logged in; say whether there was one.

    :param keep: The series by which this very browser came back, which stays: an
        earlier session of it may be the one that ends.
    """
    found = login.series_of(Sessions().content(user, handle))

    if found != keep:
        series.end(user, [found])

    return Sessions().revoke(user, handle)
