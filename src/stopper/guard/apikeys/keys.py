"""The keys of users: made, listed, replaced and revoked."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from collections.abc import Mapping

from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from ...catalogue.error import StopperError
from ...catalogue.event import Action
from ...controls.apikeys import settings
from ..house import House
from ..tables.database import Database
from ..tables.mixins import ApiKeyMixin
from ..tables.mixins import UserMixin
from .checks import Checks
from .hashes import Hashes
from .making import DAY
from .making import Made
from .making import Maker
from .making import new_id
from .rows import KeyRow
from .rows import rows
from .tokens import Claims
from .tokens import Tokens
from .wishes import BadWish
from .wishes import checked
from .wishes import Wish

#: How many keys of one user are valid at a time.
MOST = 100

#: Says whether a user may give a scope to a key.
Grants = Callable[[str, str], bool]

#: Tells a user what happened to a key: the user, the name of the notice, what it says.
Notice = Callable[[str, str, Mapping[str, t.Any]], None]


class NoSuchKey(StopperError):
    """There is no such key, it is somebody else's, or it is valid no more."""

    def __init__(self) -> None:
        super().__init__("There is no such key, or it is not valid any more.")


class ApiKeys:
    """The keys of an app's users.

    Users are known by their ids as text, wherever they are.

    :param grants: Says whether a user may give a scope; without it, everybody may.
    :param notice: Tells a user of a new key.
    :param users: The table of the users; a key of who may not log in does not work.
    """

    def __init__(
        self,
        house: House,
        database: Database,
        table: type[ApiKeyMixin],
        grants: Grants | None = None,
        notice: Notice | None = None,
        users: type[UserMixin] | None = None,
    ) -> None:
        config = house.config
        self._house = house
        self._database = database
        self._table = table
        self._grants = grants
        self._notice = notice
        prefix = settings.PREFIX.read(config)
        self._scopes = settings.SCOPES.read(config)
        self._rate = settings.RATE.read(config)
        self._overlap = settings.OVERLAP.read(config)
        #: For how many days a key is valid at most.
        self.max_days = settings.MAX_DAYS.read(config)
        hashes = Hashes(house.keys)
        self._maker = Maker(table, hashes, prefix)
        audience = house.origins.main or house.app.name
        #: Signs and reads tokens.
        self.tokens = Tokens(house.keys, prefix, audience)
        #: Judges what programs bring.
        self.checks = Checks(house, database, table, hashes, self.tokens, users)

    def scopes(self, user: str) -> dict[str, str]:
        """Return the scopes that a user may give to a key, with what they allow."""
        grants = self._grants
        return {n: s for n, s in self._scopes.items() if not grants or grants(user, n)}

    def make(self, user: str, wish: Wish, *, own: bool = False) -> Made:
        """Make a key for a user.

        :param own: Whether the user makes it, and not who runs the app: then it has no
            rate above that of ``STOPPER_APIKEY_RATE``.
        :raises BadWish: If it cannot be made so.
        """
        most = self._rate if own else ""
        fit = checked(wish, self.scopes(user), self.max_days, most)

        with self._database.writing() as sql:
            self._count(sql, user)
            made = self._add(sql, user, fit, new_id())

        self._say("key-made", "A key was made.", made.row)
        return made

    def listed(self, user: str | None = None) -> list[KeyRow]:
        """Return the keys of a user, or of everybody; the newest first."""
        table = self._table
        statement = rows(table).order_by(table.created_at.desc(), table.id)

        if user is not None:
            statement = statement.where(table.user == user)

        with self._database.reading() as sql:
            return [KeyRow(*found) for found in sql.execute(statement)]

    def rotate(
        self, id: str, user: str | None = None, hours: float | None = None
    ) -> Made:
        """Put a new key in the place of one, which goes on to work for a while.

        The new one is allowed what the old one is, and is valid for as long as that one
        was meant to be. A key is replaced once: of two who try, one has the new one.

        :param user: Whose key it has to be; ``None`` if that does not matter.
        :param hours: For how long the old one goes on to work, at most a week; ``None``
            for as long as ``STOPPER_APIKEY_OVERLAP`` says.
        :raises NoSuchKey: If it is not there, replaced already or valid no more.
        """
        wait = self._overlap if hours is None else hours
        most = settings.OVERLAP.maximum or 0

        if not 0 <= wait <= most:
            raise BadWish("hours", f"An old key works on for 0 to {most} hours.")

        now, new = self._house.clock(), new_id()

        with self._database.writing() as sql:
            old = self._of(sql, id)
            self._replace(sql, id, user, new, now, now + wait * 3600)
            made = self._add(sql, old.user, self._like(old), new)

        self._say("key-rotated", "A key was replaced by a new one.", made.row, old=id)
        return made

    def _of(self, sql: Session, id: str) -> KeyRow:
        found = sql.execute(rows(self._table).where(self._table.id == id)).one_or_none()

        if found is None:
            raise NoSuchKey

        return KeyRow(*found)

    def _replace(
        self, sql: Session, id: str, user: str | None, new: str, now: float, end: float
    ) -> None:
        """Let a key end, if it is valid and nobody else was first."""
        table = self._table
        statement = update(table).where(
            table.id == id,
            table.successor.is_(None),
            table.revoked_at.is_(None),
            table.expires_at > now,
        )

        if user is not None:
            statement = statement.where(table.user == user)

        done = sql.execute(statement.values(successor=new))

        if not t.cast(t.Any, done).rowcount:
            raise NoSuchKey

        sql.execute(
            update(table)
            .where(table.id == id, table.expires_at > end)
            .values(expires_at=end)
        )

    def _like(self, old: KeyRow) -> Wish:
        """Return what the successor of a key is to be: never more than its owner may give."""
        span = (old.expires_at - old.created_at) / DAY
        scopes = self.scopes(old.user)
        return Wish(
            label=old.label,
            scopes=tuple(s for s in old.scope_list if s in scopes),
            days=max(1, min(round(span), self.max_days)),
            networks=old.networks,
            rate=old.rate,
        )

    def revoke(self, id: str, user: str | None = None) -> bool:
        """End a key at once, with every token that was minted from it.

        :param user: Whose key it has to be; ``None`` if that does not matter.
        :return: Whether there was one to end.
        """
        table = self._table
        statement = update(table).where(table.id == id, table.revoked_at.is_(None))

        if user is not None:
            statement = statement.where(table.user == user)

        with self._database.writing() as sql:
            done = sql.execute(statement.values(revoked_at=self._house.clock()))
            ended = bool(t.cast(t.Any, done).rowcount)
            owner = self._of(sql, id).user if ended else ""

        if ended:
            self._emit("key-revoked", "A key was revoked.", key=id, user=owner)

        return ended

    def revoke_all(self, user: str) -> int:
        """End every key of a user, whose account is closed or in other hands.

        :return: How many there were.
        """
        with self._database.writing() as sql:
            ended = self.revoke_in(sql, user)

        self.say_revoked(user, ended)
        return ended

    def revoke_in(self, sql: Session, user: str) -> int:
        """End every key of a user, in a transaction of somebody else's."""
        table = self._table
        statement = update(table).where(table.user == user, table.revoked_at.is_(None))
        done = sql.execute(statement.values(revoked_at=self._house.clock()))
        return int(t.cast(t.Any, done).rowcount)

    def say_revoked(self, user: str, ended: int) -> None:
        """Say that so many keys of a user were revoked, if there were any."""
        if ended:
            says = "Every key of a user was revoked."
            self._emit("keys-revoked", says, keys=ended, user=user)

    def mint(self, id: str, scopes: frozenset[str], seconds: int) -> str:
        """Return a token for a key that was checked.

        :param scopes: Those of the key, or fewer.
        """
        now = int(self._house.clock())
        return self.tokens.mint(Claims(id, scopes, now, now + seconds))

    def _count(self, sql: Session, user: str) -> None:
        table = self._table
        live = select(func.count()).where(
            table.user == user,
            table.revoked_at.is_(None),
            table.expires_at > self._house.clock(),
        )

        if (sql.scalar(live) or 0) >= MOST:
            raise BadWish("", f"You have {MOST} valid keys; revoke one first.")

    def _add(self, sql: Session, user: str, wish: Wish, id: str) -> Made:
        days, now = wish.days or self.max_days, self._house.clock()
        return self._maker.add(sql, user, wish, days, now, id)

    def _say(self, name: str, message: str, row: KeyRow, **more: str) -> None:
        self._emit(name, message, key=row.id, user=row.user, **more)

        if self._notice is None:
            return

        # The key is made, and whoever waits for it has to get it.
        try:
            self._notice(row.user, "key-made", {"label": row.label or row.id})
        except Exception as e:
            self._house.emit(
                "apikeys",
                "notice-failed",
                Action.FAILED,
                f"A user was not told of a new key: {type(e).__name__}.",
                None,
                key=row.id,
            )

    def _emit(self, name: str, message: str, **details: str | int) -> None:
        self._house.emit("apikeys", name, Action.NOTED, message, None, **details)
