"""The browsers that are remembered: one row each, with a token that is worth one use."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import secrets
import typing as t
from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update

from ...tables.columns import short_id
from ...tables.mixins import DeviceMixin
from ..parts import Parts

#: Seconds for which the token before still works: a browser that is opened again sends
#: several requests at once, and only one of them gets the next token.
GRACE = 60.0

#: How often a claim looks again where another request was faster.
TRIES = 3


class Copied(Exception):
    """A token came that was used before: one of the two that have it is a thief.

    :param id: Of the series.
    """

    def __init__(self, user: str, id: str) -> None:
        super().__init__("A token came that was used before.")
        self.user = user
        self.id = id


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A browser that is remembered.

    :param value: What its cookie has to hold from now on, ``None`` for what another
        request is being given right now.
    :param ends: When it is forgotten, in seconds since 1970.
    """

    user: str
    id: str
    value: str | None
    ends: float


@dataclasses.dataclass(frozen=True, slots=True)
class Remembered:
    """A browser that is remembered, as its owner may see it.

    :param handle: Names it in a form, and opens nothing.
    :param purpose: ``"login"`` or ``"mfa"``.
    :param device: The browser, in words of ours.
    :param current: Whether it is the one of this request.
    """

    handle: str
    purpose: str
    device: str
    place: str
    created: float
    seen: float
    ends: float
    current: bool = False


class Series:
    """The browsers that are remembered, in the table of devices.

    Every method raises :exc:`DatabaseDown` if the database cannot be reached.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._table = parts.tables.device

    def begin(
        self, user: str, purpose: str, lasts: float, device: str, place: str, old: str
    ) -> str:
        """Remember a browser, and return what its cookie has to hold.

        :param lasts: Seconds, however often it comes.
        :param old: What its cookie held before, which is over.
        """
        now, token, table = self._parts.now, secrets.token_urlsafe(32), self._table
        row = table()
        row.id, row.user, row.purpose = short_id(), user, purpose
        row.token, row.rotated_at = hashed(token), now
        row.label, row.place = device, place
        row.created_at = row.seen_at = now
        row.ends_at = now + lasts

        with self._parts.database.writing() as sql:
            # What is past goes with it, so that nobody's rows grow without end.
            over = or_(table.ends_at <= now, table.id == id_in(old))
            mine = table.user == user, table.purpose == purpose
            sql.execute(delete(table).where(*mine, over))
            sql.add(row)

        return f"{row.id}.{token}"

    def claim(
        self, value: str, purpose: str, place: str, user: str | None = None
    ) -> Claim | None:
        """Take what a browser brings for another token, ``None`` if it is worth nothing.

        :param value: What its cookie holds.
        :param user: Whose it has to be; that of another one stays as it is.
        :raises Copied: If the token was used before, and not just now.
        """
        name, _, token = value.partition(".")
        old = hashed(token)

        for _ in range(TRIES):
            row = self._row(name, purpose)
            now = self._parts.now

            if row is None or row.ends_at <= now or user not in (None, row.user):
                return None

            if hmac.compare_digest(row.token, old):
                new = secrets.token_urlsafe(32)

                if self._rotated(row, old, hashed(new), place, now):
                    return Claim(row.user, row.id, f"{row.id}.{new}", row.ends_at)

                # Another request was faster.
                continue

            if _is_previous(row, old) and now - row.rotated_at <= GRACE:
                return Claim(row.user, row.id, None, row.ends_at)

            raise Copied(row.user, row.id)

        return None

    def _row(self, id: str, purpose: str) -> DeviceMixin | None:
        table = self._table
        here = table.id == id, table.purpose == purpose

        with self._parts.database.reading() as sql:
            return sql.scalar(select(table).where(*here))

    def _rotated(
        self, row: DeviceMixin, old: bytes, new: bytes, place: str, now: float
    ) -> bool:
        table = self._table

        with self._parts.database.writing() as sql:
            done = sql.execute(
                update(table)
                .where(table.id == row.id, table.token == old)
                .values(
                    token=new, previous=old, rotated_at=now, seen_at=now, place=place
                )
            )
            return bool(_count(done))

    def end(self, user: str, ids: Iterable[str]) -> int:
        """Forget some browsers of a user, and return how many there were."""
        found = list(filter(None, ids))

        if not found:
            return 0

        return self._ended(self._table.user == user, self._table.id.in_(found))

    def leave(self, value: str) -> int:
        """Forget the browser that this cookie is of, whoever it belongs to.

        :param value: Whole, or it is nobody's.
        """
        name, _, token = value.partition(".")
        table, key = self._table, hashed(token)
        return self._ended(
            table.id == name, or_(table.token == key, table.previous == key)
        )

    def end_all(self, user: str, purpose: str | None = None, but: str = "") -> int:
        """Forget every browser of a user, and return how many there were.

        :param but: The id of one that stays.
        """
        table = self._table
        which = [table.user == user, table.id != but]
        return self._ended(*which, *([table.purpose == purpose] if purpose else []))

    def _ended(self, *which: t.Any) -> int:
        with self._parts.database.writing() as sql:
            return _count(sql.execute(delete(self._table).where(*which)))

    def of(self, user: str) -> list[DeviceMixin]:
        """Return the browsers of a user, the one that came last first."""
        table = self._table

        with self._parts.database.reading() as sql:
            rows = sql.scalars(
                select(table)
                .where(table.user == user, table.ends_at > self._parts.now)
                .order_by(table.seen_at.desc(), table.id)
            )
            return list(rows)


def hashed(token: str) -> bytes:
    """Return the hash under which the table knows a token of 256 random bits."""
    raw = token.encode("ascii", "replace")
    return hashlib.blake2b(raw, digest_size=32, person=b"stopper-series").digest()


def handle_of(id: str) -> str:
    """Return what names a series in a form: the id itself is half of the cookie."""
    raw = id.encode("ascii", "replace")
    return hashlib.blake2b(raw, digest_size=12, person=b"stopper-handle").hexdigest()


def id_in(value: str) -> str:
    """Return which series a cookie is about, empty if about none."""
    return value.partition(".")[0]


def _is_previous(row: DeviceMixin, old: bytes) -> bool:
    return row.previous is not None and hmac.compare_digest(row.previous, old)


def _count(done: t.Any) -> int:
    return int(done.rowcount)
