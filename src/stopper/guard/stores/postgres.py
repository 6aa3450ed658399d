"""Keeps sessions and counters in PostgreSQL, for all machines that share it."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from . import postgres_tables as sql
from .base import DEAD
from .base import Record
from .base import SWEPT
from .base import Take
from .base import Trip
from .base import Verdict
from .postgres_wire import Wire
from .rows import fields
from .rows import packed
from .rows import record as record_of


class PostgresStore:
    """Keeps sessions and counters in PostgreSQL 13 or later.

    Each method that a request calls is one statement: one round trip, and one
    transaction.

    :param address: ``postgresql://``, as libpq takes it.
    :param own_clock: Whether takes go by the clock of PostgreSQL, which all machines
        share.
    """

    shared = True
    # Each leaves a row version that has to be cleared away.
    counts = False

    def __init__(self, address: str, own_clock: bool = True) -> None:
        self._wire = Wire(address)
        self._own_clock = own_clock

    def trip(self, id: bytes | None, takes: Sequence[Take], now: float) -> Trip:
        """Read a session and make takes, all at once."""
        verdicts: tuple[Verdict, ...] = ()

        if takes:
            values = self._values(id, takes, now)
            # A take that counts twice is better than none.
            row = self._wire.ask(sql.TRIP, values, again=True)[0]
            verdicts, row = _verdicts(row[0]), row[1:]
        elif id is None:
            return Trip(None)
        else:
            rows = self._wire.ask(sql.READ, {"id": id}, again=True)
            row = rows[0] if rows else (None, None)

        until, found = row[0], row[1:]

        if found[0] is None or until == DEAD:
            return Trip(None, verdicts)

        record = record_of(t.cast(t.Any, found))

        if now >= record.expires or now >= record.ends:
            return Trip(None, verdicts)

        if until is not None and now > until:
            return Trip(None, verdicts, replayed=self.end(record.id))

        return Trip(record, verdicts)

    def _values(
        self, id: bytes | None, takes: Sequence[Take], now: float
    ) -> dict[str, t.Any]:
        numbers = [
            float(n) for take in takes for n in (take.interval, take.burst, take.cost)
        ]
        return {
            "id": id,
            "keys": [packed(take.key) for take in takes],
            "numbers": numbers,
            "clock": None if self._own_clock else now,
        }

    def put(self, record: Record, expected: int | None) -> bool:
        """Write a session, a new one if ``expected`` is ``None``."""
        if expected is None:
            return bool(self._wire.ask(sql.INSERT, fields(record)))

        where = (record.id, expected)
        return bool(self._wire.ask(sql.UPDATE, (*fields(record), *where)))

    def replace(
        self, old: bytes, record: Record, expected: int, until: float, now: float
    ) -> bool:
        """Write a session under a new id in the place of an old one."""
        where = (old, expected, now, now)
        times = {"old": old, "until": until or DEAD, "dead": not until, "never": DEAD}
        values = {f"f{n}": v for n, v in enumerate((*fields(record), *where))}
        return bool(self._wire.ask(sql.REPLACE, {**values, **times}))

    def touch(self, id: bytes, seen: float, expires: float) -> None:
        """Say that a session was used."""
        self._wire.ask(sql.TOUCH, (seen, expires, id), again=True)

    def end(self, id: bytes, user: str | None = None) -> bool:
        """End a session, and return whether there was one."""
        values = {"id": id, "account": None if user is None else packed(user)}
        return bool(self._wire.ask(sql.END, values))

    def of(self, user: str, now: float) -> list[Record]:
        """Return the sessions of a user, the newest first."""
        if not user:
            return []

        values = {"account": packed(user), "now": now}
        rows = self._wire.ask(sql.OF, values, again=True)
        return [record_of(t.cast(t.Any, row)) for row in rows]

    def end_all(self, user: str, but: bytes | None = None) -> int:
        """End the sessions of a user, but for one."""
        if not user:
            return 0

        return len(self._wire.ask(sql.END_ALL, {"account": packed(user), "id": but}))

    def end_everything(self) -> int:
        """End every session of everybody."""
        ended: int = self._wire.do(sql.end_everything)
        return ended

    def sweep(self, now: float) -> bool:
        """Forget what is past, and return whether more of it may be there."""
        values = {"now": now, "most": SWEPT, "clock": None if self._own_clock else now}
        sessions = len(self._wire.ask(sql.SWEEP, values))
        counters = len(self._wire.ask(sql.SWEEP_COUNTERS, values))
        return max(sessions, counters) == SWEPT

    def probe(self) -> str:
        """Write, read and remove something.

        :raises StoreDown: With what to do about it.
        """
        self._wire.ask(sql.PROBE)
        self._wire.ask(sql.FORGET_PROBE)
        return ""

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._wire.close()


def _verdicts(numbers: list[float]) -> tuple[Verdict, ...]:
    each = zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=True)
    return tuple([Verdict(wait, int(left), reset) for wait, left, reset in each])
