"""Switching an account off, with all that its owner could get in with, and on again."""

from __future__ import annotations

from ..people import Person
from ..service import service
from .asking import end_sessions
from .asking import forget_devices
from .asking import note


def deactivate(person: Person) -> int:
    """Let a user log in no more, and end all that they are logged in by.

    Sessions, remembered browsers, links and API keys are gone for good: who is let in
    again logs in, and makes new keys.

    :return: How many API keys there were.
    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours = service()

    with ours.database.writing() as sql:
        # The user's row first, as everywhere: see verify.finish.
        ours.people.set_active(sql, person.id, False, ours.now)
        forget_devices(sql, person.id)
        ours.links.void(sql, person.id)
        keys = ours.apikeys.revoke_in(sql, person.id)
        end_sessions(person.id)

    # A login may have been under way.
    end_sessions(person.id)
    ours.apikeys.say_revoked(person.id, keys)
    note("account-deactivated", "An account was switched off.", person.id)
    return keys


def activate(person: Person) -> None:
    """Let a user log in again."""
    ours = service()

    with ours.database.writing() as sql:
        ours.people.set_active(sql, person.id, True, ours.now)

    note("account-activated", "An account was switched on again.", person.id)
