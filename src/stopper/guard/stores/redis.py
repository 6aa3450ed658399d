"""Keeps sessions and counters in Redis or Valkey, for all machines that share it."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from . import redis_scripts as scripts
from .base import Record
from .base import Take
from .base import Trip
from .base import Verdict
from .redis_wire import Wire
from .rows import packed


class RedisStore:
    """Keeps sessions and counters in Redis 6.2 or later, or in Valkey.

    Each method is one round trip. A cluster cannot run the scripts; a single Redis
    with replicas can. What was not yet copied when a replica takes over is lost: the
    last logouts may be.

    :param address: ``redis://``, ``rediss://`` or ``unix://``.
    :param own_clock: Whether takes go by the clock of Redis, which all machines share.
    """

    shared = True
    counts = True

    def __init__(self, address: str, own_clock: bool = True) -> None:
        self._wire = Wire(address)
        self._own_clock = own_clock

    def trip(self, id: bytes | None, takes: Sequence[Take], now: float) -> Trip:
        """Read a session and make takes, all at once."""
        time = repr(now).encode()
        args = [id or b"", time, b"" if self._own_clock else time]

        for take in takes:
            args += _words(take)

        # A take that counts twice is better than none.
        answer = self._wire.run(scripts.TRIP, *args, again=True)
        found = answer[0]
        verdicts = _verdicts(answer) if takes else ()

        if isinstance(found, list):
            return Trip(_record(found), verdicts)

        return Trip(None, verdicts, replayed=found == 2)

    def put(self, record: Record, expected: int | None) -> bool:
        """Write a session, a new one if ``expected`` is ``None``."""
        version = b"" if expected is None else b"%d" % expected
        done = self._wire.run(scripts.PUT, record.id, version, *_fields(record))
        return bool(done)

    def replace(
        self, old: bytes, record: Record, expected: int, until: float, now: float
    ) -> bool:
        """Write a session under a new id in the place of an old one."""
        times = repr(until).encode(), repr(now).encode()
        args = old, b"%d" % expected, *times, record.id, *_fields(record)
        return bool(self._wire.run(scripts.REPLACE, *args))

    def touch(self, id: bytes, seen: float, expires: float) -> None:
        """Say that a session was used."""
        args = id, repr(seen).encode(), repr(expires).encode()
        self._wire.run(scripts.TOUCH, *args, again=True)

    def end(self, id: bytes, user: str | None = None) -> bool:
        """End a session, and return whether there was one."""
        if user == "":
            return False

        return bool(self._wire.run(scripts.END, id, packed(user or "")))

    def of(self, user: str, now: float) -> list[Record]:
        """Return the sessions of a user, the newest first."""
        if not user:
            return []

        args = packed(user), repr(now).encode()
        rows = self._wire.run(scripts.OF, *args, again=True)
        found = [_record(row) for row in rows]
        found.sort(key=lambda record: record.created, reverse=True)
        return found

    def end_all(self, user: str, but: bytes | None = None) -> int:
        """End the sessions of a user, but for one."""
        if not user:
            return 0

        ended: int = self._wire.run(scripts.END_ALL, packed(user), but or b"")
        return ended

    def end_everything(self) -> int:
        """End every session of everybody.

        They are dead at once; that they are counted and forgotten takes longer.
        """
        self._wire.run(scripts.END_EVERYTHING)
        count = 0
        place = b"0"

        while True:
            found: list[t.Any] = self._wire.run(scripts.FORGET, place)
            place, count = found[0], count + int(found[1])

            if place == b"0":
                return count

    def sweep(self, now: float) -> bool:
        """Do nothing: Redis forgets by itself what is past."""
        return False

    def probe(self) -> str:
        """Write, read and remove something; say if Redis drops what it should keep.

        :raises StoreDown: With what to do about it.
        """
        self._wire.run(scripts.PROBE)
        told = self._wire.told("memory")
        policy = told.get("maxmemory_policy", "noeviction")

        if told.get("maxmemory", "0") == "0" or policy == "noeviction":
            return ""

        return (
            f"Redis at {self._wire.name} drops keys when its memory is full "
            f"(maxmemory-policy {policy}): sessions end early, and counters start "
            "anew. Set it to noeviction, or give Stopper a Redis of its own."
        )

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._wire.close()


def _words(take: Take) -> tuple[bytes, ...]:
    interval = repr(take.interval).encode()
    return packed(take.key), interval, b"%d" % take.burst, b"%d" % take.cost


def _verdicts(answer: list[t.Any]) -> tuple[Verdict, ...]:
    numbers = zip(answer[1::3], answer[2::3], answer[3::3], strict=True)
    return tuple([Verdict(float(w), left, float(r)) for w, left, r in numbers])


def _fields(record: Record) -> tuple[bytes, ...]:
    return (
        packed(record.data),
        packed(record.user),
        repr(record.created).encode(),
        repr(record.seen).encode(),
        repr(record.ends).encode(),
        repr(record.expires).encode(),
    )


def _record(row: list[bytes]) -> Record:
    data, user, created, seen, ends, expires, version, key = row
    return Record(
        key,
        data.decode("utf-8", "surrogatepass"),
        user.decode("utf-8", "surrogatepass"),
        float(created),
        float(seen),
        float(ends),
        float(expires),
        int(version),
    )
