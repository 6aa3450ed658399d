"""Counts what guards refused, or would refuse, so that one can see who is ready."""

from __future__ import annotations

import atexit
import dataclasses
import pathlib
import sqlite3
import threading
import weakref
from collections.abc import Callable

from flask import Flask

from ..catalogue.event import Action
from ..catalogue.event import Event
from ..controls.general import TALLY
from .ledger import Counted
from .ledger import FILE
from .ledger import Ledger

#: How many different events are counted in memory.
MOST_KEPT = 1000

#: Seconds after which what was counted is written with the next event.
EVERY = 10.0

#: Seconds in which nothing is tried after a write has failed.
PAUSE = 60.0

#: Requests after which their number is written again, at the latest.
MOST_UNTOLD = 1024

#: Characters of a message that are kept.
MOST_TEXT = 300

#: What is counted. A fact that was only noted stands in nobody's way.
COUNTED = frozenset({Action.REFUSED, Action.REPORTED, Action.FAILED})

Key = tuple[str, str, str, str]


@dataclasses.dataclass(slots=True)
class Count:
    """What was counted of one kind of event, and how much of it is written."""

    times: int
    written: int
    first: float
    last: float
    message: str


def wanted(app: Flask) -> bool:
    """Say whether anything is to be counted: a test suite does it only if asked."""
    said = app.config.get(TALLY.key)
    return said is True or (said is not False and not app.testing)


class Tally:
    """The counts of one process, written to the ledger that all processes share.

    Nothing of this fails a request, and a request without an event costs nothing here
    unless a control is in report mode.

    :param clock: Returns the seconds since 1970.
    :param failed: Told the error when the ledger cannot be written.
    """

    def __init__(
        self,
        app: Flask,
        clock: Callable[[], float],
        failed: Callable[[Exception], None],
    ) -> None:
        self._ledger = Ledger(pathlib.Path(app.instance_path, FILE))
        self._wanted = wanted(app)
        self._clock = clock
        self._failed = failed
        self._counts: dict[Key, Count] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._next = 0.0
        self._pause = 0.0
        self._locked = False
        self._controls: tuple[str, ...] = ()
        self._requests = 0
        self._told = 0
        self._due = 1

        if self._wanted:
            # An app that is thrown away is not kept alive for its counts.
            atexit.register(_flush, weakref.ref(self))

    def watch(self, controls: tuple[str, ...]) -> bool:
        """Say which controls are in report mode, and return whether to count requests."""
        self._controls = controls if self._wanted else ()
        return bool(self._controls)

    def passed(self, passage: object, request: object) -> None:
        """Count a request. Two threads may lose one between them, which is no matter."""
        self._requests += 1

        if self._requests >= self._due:
            self._due = self._requests + min(self._requests, MOST_UNTOLD)
            self.flush()

    def note(self, happened: Event) -> None:
        """Count an event, and write now and then: on powers of two, or when it is time."""
        if not self._wanted or happened.action not in COUNTED:
            return

        now = self._clock()

        with self._lock:
            times = self._count(happened, now)
            due = not times & (times - 1) or now >= self._next

        if due:
            self.flush()

    def _count(self, happened: Event, now: float) -> int:
        # A browser's report is about a page, and not about the request that brought it.
        route = happened.details.get("page") or happened.route or ""
        key = (happened.control, happened.name, str(route), str(happened.action))
        count = self._counts.get(key)

        if count is None:
            if len(self._counts) >= MOST_KEPT:
                self._forget()

            count = self._counts[key] = Count(0, 0, now, now, "")

        if count.written == count.times:
            # What stands in the ledger is older, or was reset.
            count.first = now

        count.times += 1
        count.last = max(count.last, now)
        count.message = happened.message[:MOST_TEXT]
        return count.times

    def _forget(self) -> None:
        done = [k for k, c in self._counts.items() if c.written == c.times]

        # Where nothing could be written for long, the oldest goes.
        for key in done or [next(iter(self._counts))]:
            del self._counts[key]

    def flush(self) -> None:
        """Write what was counted since the last time, if it can be written."""
        # One thread writes; for another there is nothing to wait for.
        if not self._writing.acquire(blocking=False):
            return

        error: Exception | None = None

        try:
            now = self._clock()

            if now >= self._pause:
                self._write(now)
        except (OSError, sqlite3.Error, ValueError) as e:
            self._pause = now + PAUSE
            # Somebody else writes. Only one who goes on for a minute is in the way.
            error = None if _busy(e) and not self._locked else e
            self._locked = True
        finally:
            self._writing.release()

        if error is not None:
            self._failed(error)

    def _write(self, now: float) -> None:
        with self._lock:
            self._next = now + EVERY
            times = {k: c.times for k, c in self._counts.items()}
            rows = [
                Counted(
                    *key,
                    count.times - count.written,
                    count.first,
                    count.last,
                    count.message,
                )
                for key, count in self._counts.items()
                if count.times > count.written
            ]
            requests = self._requests

        more = requests - self._told
        watched = dict.fromkeys(self._controls, more) if more else {}

        if not rows and not watched:
            return

        self._ledger.add(rows, watched, now)
        self._locked = False
        self._told = requests

        with self._lock:
            for key, number in times.items():
                if key in self._counts:
                    self._counts[key].written = number


def _busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _flush(tally: weakref.ref[Tally]) -> None:
    found = tally()

    if found is not None:
        found.flush()
