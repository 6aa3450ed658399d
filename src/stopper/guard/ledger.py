"""The counts on disk: guards write them, ``flask stopper report`` reads them."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import pathlib
import sqlite3
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

#: The file in the app's instance folder.
FILE = "stopper-tally.sqlite3"

#: How many different events are kept, the newest.
MOST_ROWS = 1000

#: For how many days it is kept how many requests a control watched.
MOST_DAYS = 400

#: The end of the year 9999, up to which there are dates.
LAST = 253_402_300_800.0

_TABLES = (
    """create table if not exists event (
        control text, name text, route text, action text, times integer not null,
        first real not null, last real not null, message text not null,
        primary key (control, name, route, action)) without rowid""",
    """create table if not exists watched (
        control text, day text, requests integer not null,
        primary key (control, day)) without rowid""",
)
_PUT = """
insert into event values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set
    times = times + excluded.times, first = min(first, excluded.first),
    last = max(last, excluded.last), message = excluded.message
"""
_EVICT = """
delete from event where (control, name, route, action) in (
    select control, name, route, action from event order by last desc limit -1 offset ?)
"""
_WATCH = """
insert into watched values (?, ?, ?)
on conflict do update set requests = requests + excluded.requests
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Counted:
    """One kind of event on one route.

    :param route: The URL rule, empty for what belongs to no route.
    :param action: ``"refused"``, ``"reported"`` or ``"failed"``.
    :param first: When it happened first, in seconds since 1970, as all times here.
    :param message: What the newest one said.
    """

    control: str
    name: str
    route: str
    action: str
    times: int
    first: float
    last: float
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class Watched:
    """How many requests a control in report mode watched on one day, at least.

    :param day: As YYYY-MM-DD, in UTC.
    """

    control: str
    day: str
    requests: int


KindT = t.TypeVar("KindT", Counted, Watched)
Types = tuple[type, ...]

_COUNTED: Types = (str, str, str, str, int, float, float, str)


class Ledger:
    """The counts on disk, a bounded number of them."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def add(
        self, counted: Iterable[Counted], requests: dict[str, int], at: float
    ) -> None:
        """Add to the counts.

        :param requests: How many more each control watched.
        :raises OSError: If the folder cannot be made.
        :raises sqlite3.Error: If the file cannot be written.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        day = _day(at)

        with self._open("rwc") as database:
            # Nobody waits for a disk: what a power failure takes is a count.
            database.execute("pragma synchronous = off")

            for table in _TABLES:
                database.execute(table)

            database.executemany(_PUT, [dataclasses.astuple(c) for c in counted])
            database.executemany(_WATCH, [(c, day, n) for c, n in requests.items()])
            database.execute(_EVICT, (MOST_ROWS,))
            oldest = _day(at - MOST_DAYS * 86400)
            database.execute("delete from watched where day < ?", (oldest,))

    def read(self) -> tuple[tuple[Counted, ...], tuple[Watched, ...]]:
        """Return what was counted, by control, and the most frequent first.

        :raises sqlite3.Error: If the file is none of ours, or cannot be read.
        """
        if not self.path.is_file():
            return (), ()

        with self._open("ro") as database:
            events = database.execute(
                "select * from event order by control, action, times desc, name, route"
            ).fetchall()
            days = database.execute("select * from watched order by day").fetchall()

        return (
            tuple(_typed(Counted, row, _COUNTED) for row in events),
            tuple(_typed(Watched, row, (str, str, int)) for row in days),
        )

    def reset(self) -> bool:
        """Forget everything, and return whether there was anything.

        A file that is broken goes too.

        :raises OSError: If it cannot be removed.
        """
        there = self.path.is_file()
        # The journal goes first: left alone, it would be played into the next file.
        self.path.with_name(f"{FILE}-journal").unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)
        return there

    @contextlib.contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection]:
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        # A request waits for no lock longer than this; what was not written is kept
        # and written next time.
        database = sqlite3.connect(uri, uri=True, timeout=0.1)

        try:
            with database:
                yield database
        finally:
            database.close()


def _typed(kind: type[KindT], row: tuple[t.Any, ...], types: Types) -> KindT:
    # SQLite keeps a text in a column of numbers, and times that no calendar has.
    known = len(row) == len(types) and all(map(isinstance, row, types))

    if not known or any(isinstance(v, float) and not 0 <= v < LAST for v in row):
        raise sqlite3.DatabaseError("a row is none of ours")

    return kind(*row)


def _day(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d")
