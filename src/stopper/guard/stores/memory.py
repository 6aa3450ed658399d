"""Keeps sessions and counters in this process, for one process and for tests."""

from __future__ import annotations

import dataclasses
import threading
import typing as t
from collections.abc import Sequence

from .base import gcra
from .base import Record
from .base import Take
from .base import Trip
from .base import Verdict

#: How many counters are kept. Past it those that are whole again are forgotten.
MOST_COUNTERS = 100_000


@dataclasses.dataclass(slots=True)
class Line:
    """The ids that one session has had, one after the other.

    :param id: The one that it has.
    :param olds: Those that it had before, as far as they lead to it.
    :param dead: How many of them, the first ones, open nothing any more.
    """

    id: bytes = b""
    olds: list[bytes] = dataclasses.field(default_factory=list)
    dead: int = 0


class Heir(t.NamedTuple):
    """What an old id leads to.

    :param place: Which of the line's old ids it is.
    :param until: Until when it opens the session.
    """

    line: Line
    place: int
    until: float


class MemoryStore:
    """Keeps sessions and counters in this process."""

    shared = False
    counts = True

    def __init__(self) -> None:
        self._records: dict[bytes, Record] = {}
        self._users: dict[str, set[bytes]] = {}
        self._heirs: dict[bytes, Heir] = {}
        self._lines: dict[bytes, Line] = {}
        self._arrivals: dict[str, float] = {}
        self._lock = threading.Lock()

    def trip(self, id: bytes | None, takes: Sequence[Take], now: float) -> Trip:
        """Read a session and make takes, all at once."""
        with self._lock:
            verdicts = self._taken(takes, now) if takes else ()

            if id is None:
                return Trip(None, verdicts)

            record = self._live(id, now)

            heir = self._heirs.get(id)

            if record is not None or heir is None:
                return Trip(record, verdicts)

            if heir.place < heir.line.dead:
                return Trip(None, verdicts)

            record = self._live(heir.line.id, now)

            if record is not None and now > heir.until:
                return Trip(None, verdicts, replayed=self._end(record.id))

            return Trip(record, verdicts)

    def _meant(self, id: bytes) -> bytes:
        heir = self._heirs.get(id)
        return heir.line.id if heir else id

    def _live(self, id: bytes, now: float) -> Record | None:
        record = self._records.get(id)

        if record is None:
            return None

        if now >= record.expires or now >= record.ends:
            self._end(id)
            return None

        return record

    def _taken(self, takes: Sequence[Take], now: float) -> tuple[Verdict, ...]:
        arrivals, verdicts = self._arrivals, []

        for take in takes:
            new, verdict = gcra(arrivals.get(take.key), take, now)
            verdicts.append(verdict)

            if new is not None:
                arrivals[take.key] = new

        if len(arrivals) > MOST_COUNTERS:
            self._forget(now)

        return tuple(verdicts)

    def _forget(self, now: float) -> None:
        late = {k: tat for k, tat in self._arrivals.items() if tat > now}

        if len(late) > MOST_COUNTERS // 2:
            # Those that are nearest to their limit are the ones worth keeping.
            kept = sorted(late.items(), key=lambda item: item[1])
            late = dict(kept[-MOST_COUNTERS // 2 :])

        self._arrivals = late

    def put(self, record: Record, expected: int | None) -> bool:
        """Write a session, a new one if ``expected`` is ``None``."""
        with self._lock:
            old = self._records.get(record.id)

            if (old.version if old else None) != expected:
                return False

            self._keep(record, 1 if expected is None else expected + 1)
            return True

    def _keep(self, record: Record, version: int) -> None:
        self._drop(record.id)
        kept = dataclasses.replace(record, version=version)
        self._records[kept.id] = kept

        if kept.user:
            self._users.setdefault(kept.user, set()).add(kept.id)

    def _drop(self, id: bytes) -> Record | None:
        record = self._records.pop(id, None)

        if record is not None and record.user:
            mine = self._users.get(record.user, set())
            mine.discard(id)

            if not mine:
                self._users.pop(record.user, None)

        return record

    def _cut(self, line: Line | None) -> None:
        for old in line.olds if line else ():
            del self._heirs[old]

    def _end(self, id: bytes) -> bool:
        self._cut(self._lines.pop(id, None))
        return self._drop(id) is not None

    def replace(
        self, old: bytes, record: Record, expected: int, until: float, now: float
    ) -> bool:
        """Write a session under a new id in the place of an old one."""
        with self._lock:
            found = self._live(old, now)

            if found is None or found.version != expected:
                return False

            line = self._lines.pop(old, None) or Line()

            if until or found.user:
                self._heirs[old] = Heir(line, len(line.olds), until)
                line.olds.append(old)
                line.dead = line.dead if until else len(line.olds)
            else:
                # Of nobody's session no old id leads anywhere.
                self._cut(line)
                line = Line()

            self._drop(old)
            self._keep(record, expected + 1)
            line.id, self._lines[record.id] = record.id, line
            return True

    def touch(self, id: bytes, seen: float, expires: float) -> None:
        """Say that a session was used."""
        with self._lock:
            record = self._records.get(id)

            if record is not None:
                self._records[id] = dataclasses.replace(
                    record,
                    seen=max(record.seen, seen),
                    expires=min(max(record.expires, expires), record.ends),
                )

    def end(self, id: bytes, user: str | None = None) -> bool:
        """End a session, and return whether there was one."""
        with self._lock:
            found = self._meant(id)

            if user is not None and found not in self._users.get(user, ()):
                return False

            return self._end(found)

    def of(self, user: str, now: float) -> list[Record]:
        """Return the sessions of a user, the newest first."""
        with self._lock:
            ids = tuple(self._users.get(user, ()))
            found = [r for r in (self._live(one, now) for one in ids) if r]
            found.sort(key=lambda r: r.created, reverse=True)
            return found

    def end_all(self, user: str, but: bytes | None = None) -> int:
        """End the sessions of a user, but for one."""
        with self._lock:
            kept = but and self._meant(but)
            ids = [one for one in self._users.get(user, ()) if one != kept]
            return sum(self._end(one) for one in ids)

    def end_everything(self) -> int:
        """End every session of everybody."""
        with self._lock:
            count = len(self._records)
            self._records.clear()
            self._users.clear()
            self._heirs.clear()
            self._lines.clear()
            return count

    def sweep(self, now: float) -> bool:
        """Forget what is past, all of it."""
        with self._lock:
            ids = [
                one
                for one, r in self._records.items()
                if now >= r.expires or now >= r.ends
            ]

            for one in ids:
                self._end(one)

            self._arrivals = {k: at for k, at in self._arrivals.items() if at > now}
            return False

    def probe(self) -> str:
        """Do nothing: there is nothing that could fail."""
        return ""

    def close(self) -> None:
        """Do nothing: there is no connection."""
