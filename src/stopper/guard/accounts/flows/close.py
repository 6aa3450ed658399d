"""Closing an account: every row of it goes, at once."""

from __future__ import annotations

from ..people import Person
from ..removal import remove
from ..service import service
from .asking import end_sessions
from .asking import note


def close(person: Person) -> None:
    """Close an account. What the app itself keeps of the user is the app's to remove.

    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours = service()

    with ours.database.writing() as sql:
        remove(sql, ours.people, ours.tables, person.id)
        end_sessions(person.id)

    end_sessions(person.id)
    ours.mailer.send(person.address, "closed")
    note("account-closed", "A user closed their account.", person.id)
