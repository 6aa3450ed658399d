"""The rows of second factors, as every kind of them reads and changes them."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from ..tables.mixins import CredentialMixin

TOTP = "totp"
PASSKEY = "passkey"
RECOVERY = "recovery"

#: What may be asked for at a login beside the password, and be asked for alone.
FACTORS = (PASSKEY, TOTP)

#: Seconds after which what was begun and never shown to work is forgotten.
PATIENCE = 900.0


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """One factor, as its owner may see it.

    :param used: When it was last used, ``None`` if never.
    :param synced: Whether it is a passkey that is kept on several devices.
    """

    id: str
    kind: str
    label: str
    created: float
    used: float | None
    synced: bool = False


class Credentials:
    """The rows of second factors.

    :param table: The ready-made one, or one of the app's own with the same columns.
    """

    def __init__(self, table: type[CredentialMixin]) -> None:
        self.table = table

    def kinds(self, sql: Session, user: str) -> frozenset[str]:
        """Return which kinds of factors a user has, those alone that were confirmed."""
        table = self.table
        found = sql.scalars(
            select(table.kind).where(self._ready(user)).group_by(table.kind)
        )
        return frozenset(found)

    def of(self, sql: Session, user: str, *kinds: str) -> Sequence[CredentialMixin]:
        """Return the confirmed factors of these kinds, the oldest first."""
        table = self.table
        return sql.scalars(
            select(table)
            .where(self._ready(user), table.kind.in_(kinds))
            .order_by(table.created_at, table.id)
        ).all()

    def held(self, sql: Session, user: str) -> Sequence[CredentialMixin]:
        """Return all factors of a user, which nobody else changes until the end.

        Where two requests would each take away one of two, one waits for the other.
        """
        return sql.scalars(
            select(self.table)
            .where(self._ready(user), self.table.kind.in_(FACTORS))
            .with_for_update()
        ).all()

    def begun(
        self, sql: Session, user: str, kind: str, now: float
    ) -> CredentialMixin | None:
        """Return what was begun last, and was not shown to work yet."""
        table = self.table
        return sql.scalar(
            select(table)
            .where(
                table.user == user,
                table.kind == kind,
                table.confirmed_at.is_(None),
                table.created_at > now - PATIENCE,
            )
            .order_by(table.created_at.desc())
            .limit(1)
        )

    def drop_begun(self, sql: Session, user: str, kind: str) -> None:
        """Forget what was begun, and never shown to work."""
        table = self.table
        sql.execute(
            delete(table).where(
                table.user == user, table.kind == kind, table.confirmed_at.is_(None)
            )
        )

    def add(self, sql: Session, **values: t.Any) -> CredentialMixin:
        """Make one."""
        made = self.table()

        for name, value in values.items():
            setattr(made, name, value)

        sql.add(made)
        sql.flush()
        return made

    def count(self, sql: Session, user: str, kind: str) -> int:
        """Return how many a user has of a kind."""
        found = sql.scalar(
            select(func.count())
            .select_from(self.table)
            .where(self._ready(user), self.table.kind == kind)
        )
        return found or 0

    def change(
        self, sql: Session, id: str, *conditions: ColumnElement[bool], **values: t.Any
    ) -> bool:
        """Change one if it still is as the conditions say, and say whether it was.

        Of two requests that race, one is told that it was not.
        """
        done = sql.execute(
            update(self.table)
            .where(self.table.id == id, *conditions)
            .values(values)
            .execution_options(synchronize_session=False)
        )
        return bool(t.cast(t.Any, done).rowcount)

    def remove(self, sql: Session, *conditions: ColumnElement[bool]) -> int:
        """Take some away, and return how many there were."""
        done = sql.execute(
            delete(self.table)
            .where(*conditions)
            .execution_options(synchronize_session=False)
        )
        return int(t.cast(t.Any, done).rowcount)

    def key_ids(self, sql: Session) -> set[str]:
        """Return the ids of all keys that anything is kept under."""
        found = sql.scalars(select(self.table.key_id).distinct())
        return set(found) - {""}

    def _ready(self, user: str) -> ColumnElement[bool]:
        return (self.table.user == user) & self.table.confirmed_at.is_not(None)
