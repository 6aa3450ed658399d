"""Closing an account: every row of it goes, at once."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ..people import Person
from ..service import service
from .asking import end_sessions
from .asking import note


def close(person: Person) -> None:
    """Close an account. What the app itself keeps of the user is the app's to remove.

    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours = service()

    with ours.database.writing() as sql:
        remove(sql, person.id)
        end_sessions(person.id)

    end_sessions(person.id)
    ours.mailer.send(person.address, "closed")
    note("account-closed", "A user closed their account.", person.id)


def remove(sql: Session, user: str) -> None:
    """Remove a user and every row that is theirs."""
    ours = service()
    tables = ours.tables
    owned = (
        *(tables.credential, tables.device, tables.apikey),
        *(tables.membership, tables.token, tables.event),
    )

    # The user's row first, as everywhere: see verify.finish.
    ours.people.close(sql, user)

    for table in owned:
        sql.execute(delete(table).where(table.user == user))
