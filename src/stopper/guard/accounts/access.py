"""What a user may do: the roles that were given to them, and what these allow."""

from __future__ import annotations

import typing as t

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..tables.database import Database
from ..tables.ready import Tables


class Access:
    """Roles and permissions in the tables of accounts."""

    def __init__(self, database: Database, tables: Tables) -> None:
        self._database = database
        self._tables = tables

    def roles_of(self, user: str) -> frozenset[str]:
        """Return the roles of a user.

        :raises DatabaseDown: If the database cannot be reached.
        """
        return self.granted(user)[0]

    def permissions_of(self, user: str) -> frozenset[str]:
        """Return what the roles of a user allow.

        :raises DatabaseDown: If the database cannot be reached.
        """
        return self.granted(user)[1]

    def granted(self, user: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the roles of a user and what they allow, by one statement.

        :raises DatabaseDown: If the database cannot be reached.
        """
        member, allows = self._tables.membership, self._tables.permission
        asked = (
            select(member.role, allows.permission)
            .outerjoin_from(member, allows, member.role == allows.role)
            .where(member.user == user)
        )

        with self._database.reading() as sql:
            found = sql.execute(asked).all()

        return (
            frozenset(role for role, _ in found),
            frozenset(allowed for _, allowed in found if allowed is not None),
        )

    def grant(self, sql: Session, user: str, role: str) -> bool:
        """Give a user a role; say whether they did not have it."""
        try:
            with sql.begin_nested():
                sql.add(_row(self._tables.membership, user=user, role=role))
        except IntegrityError:
            return False

        return True

    def withdraw(self, sql: Session, user: str, role: str) -> bool:
        """Take a role from a user; say whether they had it."""
        member = self._tables.membership
        done = sql.execute(
            delete(member).where(member.user == user, member.role == role)
        )
        return bool(t.cast(t.Any, done).rowcount)

    def roles(self, sql: Session) -> dict[str, tuple[str, ...]]:
        """Return every role of the tables, with what it allows."""
        role, allows = self._tables.role, self._tables.permission
        found: dict[str, tuple[str, ...]] = dict.fromkeys(
            sql.scalars(select(role.name).order_by(role.name)), ()
        )
        asked = select(allows.role, allows.permission).order_by(allows.permission)

        for name, permission in sql.execute(asked):
            found[name] = (*found.get(name, ()), permission)

        return found

    def set_role(self, sql: Session, name: str, permissions: t.Iterable[str]) -> None:
        """Make a role, or change what it allows."""
        role, allows = self._tables.role, self._tables.permission

        if sql.get(role, name) is None:
            sql.add(_row(role, name=name))

        sql.execute(delete(allows).where(allows.role == name))
        sql.add_all(
            _row(allows, role=name, permission=one) for one in sorted({*permissions})
        )

    def drop_role(self, sql: Session, name: str) -> bool:
        """Take a role away, also from who has it; say whether there was one."""
        role, allows, member = (
            self._tables.role,
            self._tables.permission,
            self._tables.membership,
        )
        sql.execute(delete(member).where(member.role == name))
        sql.execute(delete(allows).where(allows.role == name))
        done = sql.execute(delete(role).where(role.name == name))
        return bool(t.cast(t.Any, done).rowcount)


def _row(table: type, **values: str) -> t.Any:
    made = table()

    for name, value in values.items():
        setattr(made, name, value)

    return made
