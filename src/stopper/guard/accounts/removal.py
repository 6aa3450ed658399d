"""Takes a user away, with every row that is theirs."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ..tables.ready import Tables
from .people import People


def remove(sql: Session, people: People, tables: Tables, user: str) -> None:
    """Remove a user and every row that is theirs."""
    owned = (
        *(tables.credential, tables.device, tables.apikey),
        *(tables.membership, tables.token, tables.event),
    )

    # The user's row first, as everywhere: see verify.finish.
    people.close(sql, user)

    for table in owned:
        sql.execute(delete(table).where(table.user == user))
