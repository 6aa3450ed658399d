"""Asking who is logged in for their password again."""

from __future__ import annotations

from ....controls.mfa.settings import FRESH_MINUTES
from .. import login
from ..people import Person
from ..service import service
from .asking import alone
from .asking import verified


def proven(person: Person, password: str) -> bool:
    """Say whether who asks knows the password; without one, whether the login is fresh.

    :raises Refused: If it is one try too many, or what is needed is down or busy.
    """
    if person.password is None:
        return is_fresh()

    ours = service()
    ticket = ours.throttle.code(person.id, "password")

    if not verified(person.password, password).right:
        return False

    ours.throttle.right(ticket)

    with ours.database.reading() as sql:
        # Where there is a second factor, a password alone does not make a login fresh.
        only = alone(sql, person.id)

    if only:
        login.refresh(ours.now, "password")

    return True


def is_fresh() -> bool:
    """Say whether who is logged in showed who they are a short while ago."""
    found, ours = login.current(), service()
    minutes = FRESH_MINUTES.read(ours.house.config)
    return found is not None and found.is_fresh(ours.now, minutes)
