"""What stands in the place of second factors, until they are here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..tables.mixins import CredentialMixin


class Factors:
    """Knows which factors there are, and cannot ask for one."""

    def __init__(self, table: type[CredentialMixin]) -> None:
        self._table = table

    def of(self, sql: Session, user: str) -> frozenset[str]:
        """Return which kinds a user has that were shown to work."""
        table = self._table
        asked = select(table.kind).where(
            table.user == user, table.confirmed_at.is_not(None)
        )
        return frozenset(sql.scalars(asked))
