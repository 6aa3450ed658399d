"""The reports on disk: the server writes them, ``flask stopper csp`` reads them."""

from __future__ import annotations

import contextlib
import dataclasses
import pathlib
import sqlite3
import typing as t
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from types import MappingProxyType

from .report import Report

#: The file in the app's instance folder.
FILE = "stopper-reports.sqlite3"

_FIELDS = tuple(f.name for f in dataclasses.fields(Report))
_TABLE = f"""
create table if not exists report (
    {", ".join(_FIELDS)}, trusted integer not null, times integer not null,
    last real not null, primary key ({", ".join(_FIELDS)}, trusted)
) without rowid
"""
#: Which templates the pages of a route were made of.
_PAGES = """
create table if not exists page (
    route text not null, template text not null, primary key (route, template)
) without rowid
"""
_PUT = f"""
insert into report values ({", ".join("?" * len(_FIELDS))}, ?, 1, ?)
on conflict do update set times = times + 1, last = excluded.last
"""  # noqa: S608 - names of our own fields
_EVICT = """
delete from report where ({0}, trusted) in (
    select {0}, trusted from report order by trusted desc, last desc limit -1 offset ?
)
""".format(", ".join(_FIELDS))  # noqa: S608


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """One report as it is kept.

    :param trusted: Whether a visitor sent it who was logged in.
    :param times: How often it came.
    """

    report: Report
    trusted: bool
    times: int


class Archive:
    """The reports on disk, each once, a bounded number of them.

    :param most: How many are kept. The oldest of unknown senders go first, so that a
        flood from outside drives out no report of a visitor who is logged in.
    """

    def __init__(self, path: pathlib.Path, most: int) -> None:
        self.path = path
        self._most = most

    def put(
        self,
        reports: Collection[Report],
        trusted: bool,
        at: float,
        made_of: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        """Keep reports, with one write.

        :param made_of: Of a route, the templates that its pages were made of.
        :raises OSError: If the folder cannot be made.
        :raises sqlite3.Error: If the file cannot be written.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        rows = [(*dataclasses.astuple(report), trusted, at) for report in reports]
        routes = {report.route for report in reports}
        pages = [(r, name) for r in sorted(routes) for name in made_of.get(r, ())]

        with self._open(f"{self.path.as_uri()}?mode=rwc") as database:
            database.execute("pragma journal_mode = wal")
            # Nobody waits for a disk: what a power failure takes is a report.
            database.execute("pragma synchronous = off")
            database.execute(_TABLE)
            database.executemany(_PUT, rows)
            database.execute(_EVICT, (self._most,))
            database.execute(_PAGES)
            database.executemany("insert or ignore into page values (?, ?)", pages)

    def read(self) -> tuple[Kept, ...]:
        """Return what is kept, the trusted and the newest first.

        :raises sqlite3.Error: If the file is no database of reports.
        """
        if not self.path.is_file():
            return ()

        with self._open(f"{self.path.as_uri()}?mode=ro") as database:
            rows = database.execute(
                "select * from report order by trusted desc, last desc"
            ).fetchall()

        return tuple(_kept(row) for row in rows)

    def pages(self) -> dict[str, frozenset[str]]:
        """Return which templates the pages of each route were made of.

        :raises sqlite3.Error: If the file is no database of reports.
        """
        if not self.path.is_file():
            return {}

        found: dict[str, set[str]] = {}

        with self._open(f"{self.path.as_uri()}?mode=ro") as database:
            known = database.execute(
                "select 1 from sqlite_master where name = 'page'"
            ).fetchone()
            # A file that was begun before routes had their templates noted.
            asked = (
                "select route, template from page" if known else "select 1, 1 limit 0"
            )

            for route, template in database.execute(asked):
                found.setdefault(str(route), set()).add(str(template))

        return {route: frozenset(names) for route, names in found.items()}

    @contextlib.contextmanager
    def _open(self, uri: str) -> Iterator[sqlite3.Connection]:
        # A request waits for no lock longer than this; a lost report is no loss.
        database = sqlite3.connect(uri, uri=True, timeout=0.5)

        try:
            with database:
                yield database
        finally:
            database.close()


def _kept(row: tuple[t.Any, ...]) -> Kept:
    fields = dict(zip(_FIELDS, row, strict=False))
    trusted, times, _ = row[len(_FIELDS) :]
    report = Report(**{**fields, "enforced": bool(fields["enforced"])})
    return Kept(report, bool(trusted), int(times))
