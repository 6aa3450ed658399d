"""The factors of the users of an app: which there are, and which there must be."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...controls.mfa.settings import MFA_ROLES
from ..accounts.people import Person
from ..authorization.subject import KEY
from ..authorization.subject import Roles
from ..house import House
from ..tables.ready import Tables
from ..vault import Vault
from .credentials import Credentials
from .credentials import FACTORS
from .credentials import Listed
from .credentials import PASSKEY
from .credentials import TOTP
from .kept import synced
from .passkeys import Passkeys
from .recovery import Recovery
from .totp import Totp

#: In the list of roles: every user, whatever their roles.
EVERYBODY = "*"


class Last(Exception):
    """It is the last factor of somebody who must have one."""


class Factors:
    """The factors of the users of an app."""

    def __init__(self, house: House, vault: Vault, tables: Tables) -> None:
        self._house = house
        self._membership = tables.membership
        self._device = tables.device
        self._roles = MFA_ROLES.read(house.config)
        self.credentials = Credentials(tables.credential)
        self.totp = Totp(house, vault, self.credentials)
        self.passkeys = Passkeys(house, self.credentials)
        self.recovery = Recovery(vault, self.credentials)

    def of(self, sql: Session, user: str) -> frozenset[str]:
        """Return which kinds a user has that were shown to work.

        :return: Of ``"totp"``, ``"passkey"`` and ``"recovery"``. Recovery codes alone
            are no factor to be asked for.
        """
        return self.credentials.kinds(sql, user)

    @property
    def demanding(self) -> bool:
        """Whether there are roles whose users must have a factor."""
        return bool(self._roles)

    def required(self, sql: Session, person: Person) -> bool:
        """Say whether one of the user's roles must have a second factor."""
        return self.required_of(sql, person.id)

    def required_of(self, sql: Session, user: str) -> bool:
        """Say whether one of the roles of the user of this id must have one.

        The roles are those of the function that was given to ``stopper.roles``, and
        without one those of the accounts.
        """
        if not self._roles:
            return False

        if EVERYBODY in self._roles:
            return True

        own = getattr(self._house.app.extensions.get(KEY), "roles", None)

        if isinstance(own, Roles) and own.told:
            return not own.of(user).isdisjoint(self._roles)

        table = self._membership
        found = select(table.role).where(
            table.user == user, table.role.in_(self._roles)
        )
        return sql.scalar(found.limit(1)) is not None

    def missing(self, sql: Session, user: str) -> bool:
        """Say whether the user must have a second factor, and has none."""
        return self.required_of(sql, user) and not self.of(sql, user) & set(FACTORS)

    def listed(self, sql: Session, user: str) -> tuple[Listed, ...]:
        """Return the factors of a user, the oldest first; no recovery codes."""
        rows = self.credentials.of(sql, user, TOTP, PASSKEY)
        return tuple(
            Listed(r.id, r.kind, r.label, r.created_at, r.used_at, synced(r))
            for r in rows
        )

    def rename(self, sql: Session, user: str, id: str, label: str) -> bool:
        """Give a factor another name, and say whether the user has such a one."""
        return self.credentials.change(
            sql, id, self.credentials.table.user == user, label=label
        )

    def remove(self, sql: Session, user: str, id: str) -> str | None:
        """Take a factor away. With the last one the recovery codes go too.

        :return: Its kind, ``None`` if the user has no such one.
        :raises Last: If it is the last, and the user must have one.
        """
        rows = {row.id: row for row in self.credentials.held(sql, user)}

        if id not in rows:
            return None

        if len(rows) == 1:
            if self.required_of(sql, user):
                raise Last

            self.reset(sql, user)
        else:
            self.credentials.remove(sql, self.credentials.table.id == id)

        self.forget_devices(sql, user)
        return rows[id].kind

    def forget_devices(self, sql: Session, user: str, but: str = "") -> None:
        """Ask every browser for all factors again that was spared any.

        One that stays logged in may have shown a password alone, before there was more
        to show.

        :param but: What keeps the browser logged in that makes the change, and goes on.
        """
        table = self._device
        sql.execute(delete(table).where(table.user == user, table.id != but))

    def reset(self, sql: Session, user: str) -> int:
        """Take all factors and codes of a user away, and return how many there were."""
        return self.credentials.remove(sql, self.credentials.table.user == user)
