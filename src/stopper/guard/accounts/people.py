"""The users of an app, as the accounts need them: ours, or the app's own."""

from __future__ import annotations

import dataclasses
import typing as t

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ...controls.accounts.policy import address_key
from ..tables.mixins import UserMixin

#: How many hashes are looked at when an app starts, for a pepper that is gone.
LOOKED_AT = 20_000


class Taken(Exception):
    """Somebody else has the address."""


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """A user, as the accounts need to know them.

    :param id: As text, whatever the app calls its users.
    :param password: The hash, ``None`` for who has none.
    :param verified: Whether the address was shown to be theirs.
    :param active: Whether they may log in.
    """

    id: str
    address: str
    password: str | None = dataclasses.field(default=None, repr=False)
    verified: bool = False
    active: bool = True
    name: str = ""


class People(t.Protocol):
    """Where the users are. An app that keeps its own ``User`` writes these methods.

    ``sql`` is a session of the database of accounts, in a transaction of ours. Users
    that are elsewhere need not use it.
    """

    def by_address(self, sql: Session, address: str) -> Person | None:
        """Return who has this address, in whatever spelling."""
        ...

    def by_id(self, sql: Session, id: str) -> Person | None:
        """Return the user of this id."""
        ...

    def add(
        self, sql: Session, address: str, password: str | None, name: str, now: float
    ) -> Person:
        """Make a user.

        :param password: A hash.
        :raises Taken: If somebody has the address.
        """
        ...

    def set_password(
        self, sql: Session, id: str, old: str | None, new: str | None, now: float
    ) -> bool:
        """Give a user another hash, if it is still the old one; say whether it was."""
        ...

    def set_address(self, sql: Session, id: str, address: str, now: float) -> None:
        """Give a user another address, which was shown to be theirs.

        :raises Taken: If somebody else has it.
        """
        ...

    def set_verified(self, sql: Session, id: str, now: float) -> None:
        """Note that the address was shown to be theirs."""
        ...

    def set_active(self, sql: Session, id: str, active: bool, now: float) -> None:
        """Let a user log in again, or no more."""
        ...

    def close(self, sql: Session, id: str) -> None:
        """Take a user away."""
        ...


class OurPeople:
    """Users in the table of accounts.

    :param table: The ready-made one, or one of the app's own with the same columns.
    """

    def __init__(self, table: type[UserMixin]) -> None:
        self._table = table

    @property
    def table(self) -> type[UserMixin]:
        """The table that they are in."""
        return self._table

    def by_address(self, sql: Session, address: str) -> Person | None:
        """Return who has this address, in whatever spelling."""
        return self._one(sql, self._table.address_key == address_key(address))

    def by_id(self, sql: Session, id: str) -> Person | None:
        """Return the user of this id."""
        return self._one(sql, self._table.id == id)

    def every(self, sql: Session, inactive: bool = False) -> t.Iterator[Person]:
        """Return every user, by address.

        :param inactive: Only those that may not log in.
        """
        table = self._table
        asked = select(table).order_by(table.address_key)

        if inactive:
            asked = asked.where(table.active.is_(False))

        return map(_person, sql.scalars(asked.execution_options(yield_per=1000)))

    def hash_of_another_pepper(self, sql: Session, known: t.Iterable[str]) -> str:
        """Return a stored hash that needs none of these peppers, empty if there is none.

        One statement over :data:`LOOKED_AT` hashes at most, in the order in which the
        database has them. Those that nobody changed for longest come first, which are
        the ones that name an old pepper; of the others each login says so.

        :param known: Ids.
        """
        kept = self._table.password
        first = select(kept).where(kept.is_not(None)).limit(LOOKED_AT).subquery()
        text = first.c.password
        others = [text.not_like(f"%,keyid={name}$%") for name in known]
        asked = select(text).where(text.like("%,keyid=%"), *others).limit(1)
        return sql.scalar(asked) or ""

    def _one(self, sql: Session, condition: t.Any) -> Person | None:
        found = sql.scalar(select(self._table).where(condition))
        return None if found is None else _person(found)

    def add(
        self, sql: Session, address: str, password: str | None, name: str, now: float
    ) -> Person:
        """Make a user.

        :raises Taken: If somebody has the address.
        """
        made = self._table()
        made.address, made.address_key = address.strip(), address_key(address)
        made.name, made.password, made.created_at = name, password, now
        made.password_at = None if password is None else now

        try:
            with sql.begin_nested():
                sql.add(made)
        except IntegrityError as e:
            raise Taken from e

        return _person(made)

    def set_password(
        self, sql: Session, id: str, old: str | None, new: str | None, now: float
    ) -> bool:
        """Give a user another hash, if it is still the old one; say whether it was."""
        table = self._table
        same = table.password.is_(None) if old is None else table.password == old
        done = sql.execute(
            update(table)
            .where(table.id == id, same)
            .values(password=new, password_at=now)
        )
        return bool(t.cast(t.Any, done).rowcount)

    def set_address(self, sql: Session, id: str, address: str, now: float) -> None:
        """Give a user another address, which was shown to be theirs.

        :raises Taken: If somebody else has it.
        """
        values = {
            "address": address.strip(),
            "address_key": address_key(address),
            "verified_at": now,
        }

        try:
            with sql.begin_nested():
                sql.execute(
                    update(self._table).where(self._table.id == id).values(values)
                )
        except IntegrityError as e:
            raise Taken from e

    def set_verified(self, sql: Session, id: str, now: float) -> None:
        """Note that the address was shown to be theirs."""
        table = self._table
        sql.execute(update(table).where(table.id == id).values(verified_at=now))

    def set_active(self, sql: Session, id: str, active: bool, now: float) -> None:
        """Let a user log in again, or no more."""
        table = self._table
        sql.execute(update(table).where(table.id == id).values(active=active))

    def close(self, sql: Session, id: str) -> None:
        """Take a user away."""
        sql.execute(delete(self._table).where(self._table.id == id))


def _person(row: UserMixin) -> Person:
    return Person(
        id=row.id,
        address=row.address,
        password=row.password,
        verified=row.verified_at is not None,
        active=row.active,
        name=row.name,
    )
