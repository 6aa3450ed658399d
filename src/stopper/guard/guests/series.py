"""The series of cookies by which browsers are remembered, as the store of sessions has them.

A series is a record beside the sessions of its user: what ends all of those ends it too.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import hashlib
import json
import re
import secrets
import typing as t
from collections.abc import Iterator

from ...catalogue.event import Action
from ..house import House
from ..sessions.content import data_in
from ..sessions.content import marks
from ..stores.base import Record

#: Which series a session belongs to, so that it ends with it.
SERIES = "_stopper_remembered"

#: Seconds for which a cookie that was replaced still counts: a browser that starts sends
#: several requests at once.
GRACE = 60.0

#: Seconds that have to pass before a series is kept for longer.
_AGAIN = 60.0

#: A user, a series and a secret, which are kept together as one hash.
_SHAPE = re.compile(r"([A-Za-z0-9_-]{1,800})\.([A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{43}")

#: How a record of ours begins; one of a session begins with its key's mark at once.
_BEGINNING = "remember:"


class Shown(t.NamedTuple):
    """A cookie to hand out.

    :param ends: In seconds since 1970.
    """

    value: str
    ends: float
    series: str


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """What a cookie says.

    :param login: The user, as Flask-Login knows them.
    :param next: The cookie that goes in its place, ``None`` where another request has it.
    """

    value: str
    record: Record
    login: str
    series: str
    next: Shown | None = None


class Series:
    """Begins, goes on with and ends the series of an app.

    Every method raises :exc:`StoreDown` if the store cannot be reached.
    """

    def __init__(self, house: House) -> None:
        self._house = house

    @functools.cached_property
    def _beginnings(self) -> tuple[str, ...]:
        # Apps that share a store must not take each other's, nor those of a lost key.
        found = marks(self._house.keys.of("guests.remember"))
        return tuple(f"{_BEGINNING}{mark}|" for mark in found)

    def begin(self, login: str, user: str, ends: float) -> Shown:
        """Begin a series.

        :param login: The user, as Flask-Login knows them.
        :param user: Under which name the sessions of that user are kept.
        """
        series, now = secrets.token_urlsafe(16), self._house.clock()
        value = _value(user, series)
        text = json.dumps({"login": login, "series": series})
        data = f"{self._beginnings[0]}\n{text}"
        record = Record(_id(value), data, user, now, now, ends, ends)
        self._house.store.put(record, None)
        self._house.upkeep.after_write(self._house.store, now)
        return Shown(value, ends, series)

    def of(self, value: str) -> Found | None:
        """Return what a cookie says, and leave it as it is."""
        if not _SHAPE.fullmatch(value):
            return None

        trip = self._house.store.trip(_id(value), (), self._house.clock())

        if trip.replayed:
            self._copied(value)

        return self._found(value, trip.record)

    def use(self, value: str) -> Found | None:
        """Return what a cookie says, with the one that goes in its place.

        One that was replaced ends its series, and the sessions that it opened.
        """
        found = self.of(value)

        # Another request of the same browser was faster, and has the next one.
        if found is None or found.record.id != _id(value):
            return found

        now = self._house.clock()
        following = _value(found.record.user, found.series)
        record = dataclasses.replace(found.record, id=_id(following), seen=now)

        if not self._house.store.replace(
            found.record.id, record, found.record.version, now + GRACE, now
        ):
            return self.of(value)

        shown = Shown(following, record.ends, found.series)
        return dataclasses.replace(found, record=record, next=shown)

    def extend(self, found: Found, ends: float) -> Shown:
        """Keep a series for longer, under the same cookie."""
        now, record = self._house.clock(), found.record

        if now - record.seen >= _AGAIN:
            longer = dataclasses.replace(record, seen=now, ends=ends, expires=ends)
            self._house.store.put(longer, record.version)

        return Shown(found.value, ends, found.series)

    def end(self, user: str, series: str, but: bytes | None = None) -> None:
        """End a series, and the sessions that belong to it.

        :param but: The id of a session that stays.
        """
        store = self._house.store

        for record in store.of(user, self._house.clock()):
            if record.id != but and series in self._named(record):
                store.end(record.id, user)

    def _named(self, record: Record) -> Iterator[object]:
        try:
            data = data_in(record.data)
        except ValueError:
            return

        yield data.get("series" if self._is_ours(record) else SERIES)

    def _is_ours(self, record: Record) -> bool:
        return record.data.startswith(self._beginnings)

    def _found(self, value: str, record: Record | None) -> Found | None:
        if record is None or not self._is_ours(record):
            return None

        kept = json.loads(record.data.partition("\n")[2])
        return Found(value, record, kept["login"], kept["series"])

    def _copied(self, value: str) -> None:
        user, series = _parts(value)
        self.end(user, series)
        self._house.emit(
            "sessions",
            "remember-replayed",
            Action.REFUSED,
            "A cookie that remembers a login came, and had been replaced by a newer one. "
            "One of the two is a copy, so both are worth nothing any more, and the "
            "sessions that they opened have ended.",
        )


def _value(user: str, series: str) -> str:
    name = base64.urlsafe_b64encode(user.encode("utf-8", "surrogatepass"))
    return f"{name.decode().rstrip('=')}.{series}.{secrets.token_urlsafe(32)}"


def _parts(value: str) -> tuple[str, str]:
    """Return the user and the series of a cookie that the store knew."""
    name, series, _ = value.split(".")
    raw = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4))
    return raw.decode("utf-8", "surrogatepass"), series


def _id(value: str) -> bytes:
    raw = value.encode("ascii", "replace")
    return hashlib.blake2b(raw, digest_size=32, person=b"stopper-recall").digest()
