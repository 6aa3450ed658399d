"""Keeps sessions and counters in a SQLite file, for all processes of one machine."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from collections.abc import Sequence

from . import sqlite_statements as statements
from .base import DEAD
from .base import gcra
from .base import Record
from .base import SWEPT
from .base import Take
from .base import Trip
from .base import Verdict
from .pool import Pool
from .rows import fields
from .rows import packed
from .rows import record as record_of
from .rows import Row
from .sqlite_file import File


class SqliteStore:
    """Keeps sessions and counters in a SQLite file.

    The file has to be on a disk of this machine. The write-ahead log shares memory
    between processes, which no network file system does
    (https://www.sqlite.org/wal.html): machines that shared a file by NFS would not see
    each other's revocations, and damage it.

    :param path: Of the file. It is made, with its folder, when first needed.
    """

    shared = True
    # Each is a write, and only one process writes at a time.
    counts = False

    def __init__(self, path: str) -> None:
        self._file = File(path)
        self._pool = self._opened()

    def _opened(self) -> Pool[sqlite3.Connection]:
        return Pool(self._file.connect, sqlite3.Connection.close)

    def trip(self, id: bytes | None, takes: Sequence[Take], now: float) -> Trip:
        """Read a session and make takes; without takes, one ``SELECT``."""
        verdicts: tuple[Verdict, ...] = ()

        if takes:
            with self._writing() as connection:
                verdicts = tuple([_take(connection, take, now) for take in takes])
                row, until = _found(connection, id)
        else:
            row, until = self._read(id)

        if row is None or until == DEAD:
            return Trip(None, verdicts)

        found = record_of(row)

        if now >= found.expires or now >= found.ends:
            return Trip(None, verdicts)

        if until is not None and now > until:
            return Trip(None, verdicts, replayed=self.end(found.id))

        return Trip(found, verdicts)

    def _read(self, id: bytes | None) -> tuple[Row | None, float | None]:
        # What _connection does, without its cost: this is what every request does.
        if self._file.moved():
            self._pool = self._opened()

        pool = self._pool
        connection = pool.take()

        try:
            found = _found(connection, id)
        except sqlite3.Error as e:
            pool.drop(connection)
            raise self._file.down(e) from e

        pool.give(connection)
        return found

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._file.moved():
            # What is under way on the old file is given back to the old one's pool,
            # which goes with it.
            self._pool = self._opened()

        pool = self._pool
        connection = pool.take()

        try:
            yield connection
        except BaseException as e:
            # Closing it undoes what it began.
            pool.drop(connection)

            if isinstance(e, sqlite3.Error):
                raise self._file.down(e) from e

            raise

        pool.give(connection)

    @contextlib.contextmanager
    def _writing(self, lasting: bool = False) -> Iterator[sqlite3.Connection]:
        """Run one transaction.

        :param lasting: Whether it must outlive a power cut: what was ended stays so.
        """
        with self._connection() as connection:
            if lasting:
                connection.execute("PRAGMA synchronous = FULL")

            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

            if lasting:
                connection.execute("PRAGMA synchronous = NORMAL")

    def put(self, record: Record, expected: int | None) -> bool:
        """Write a session, a new one if ``expected`` is ``None``."""
        with self._writing() as connection:
            if expected is None:
                done = connection.execute(statements.INSERT, fields(record))
            else:
                where = (record.id, expected)
                done = connection.execute(statements.UPDATE, (*fields(record), *where))

            return done.rowcount == 1

    def replace(
        self, old: bytes, record: Record, expected: int, until: float, now: float
    ) -> bool:
        """Write a session under a new id in the place of an old one."""
        where = (old, expected, now, now)

        # A logout that leaves a message behind replaces the session.
        with self._writing(lasting=not until) as connection:
            whose = connection.execute(statements.WHOSE, (old,)).fetchone()
            written = connection.execute(statements.REPLACE, (*fields(record), *where))
            found = written.fetchall()

            if not found:
                return False

            # Nor do those lead to it that led to the old one.
            if not until and whose[0]:
                connection.execute(
                    statements.DIE, {"dead": DEAD, "session": found[0][0]}
                )
            elif not until:
                connection.execute("DELETE FROM heirs WHERE session = ?", found[0])

            if until or whose[0]:
                connection.execute(statements.LEAD, (old, found[0][0], until or DEAD))

        return True

    def touch(self, id: bytes, seen: float, expires: float) -> None:
        """Say that a session was used."""
        with self._writing() as connection:
            connection.execute(statements.TOUCH, (seen, expires, id))

    def end(self, id: bytes, user: str | None = None) -> bool:
        """End a session, and return whether there was one."""
        values = {"id": id, "account": None if user is None else packed(user)}

        with self._writing(lasting=True) as connection:
            return connection.execute(statements.END, values).rowcount > 0

    def of(self, user: str, now: float) -> list[Record]:
        """Return the sessions of a user, the newest first."""
        if not user:
            return []

        with self._connection() as connection:
            values = {"account": packed(user), "now": now}
            return [record_of(row) for row in connection.execute(statements.OF, values)]

    def end_all(self, user: str, but: bytes | None = None) -> int:
        """End the sessions of a user, but for one."""
        if not user:
            return 0

        with self._writing(lasting=True) as connection:
            values = {"account": packed(user), "id": but}
            return connection.execute(statements.END_ALL, values).rowcount

    def end_everything(self) -> int:
        """End every session of everybody."""
        with self._writing(lasting=True) as connection:
            connection.execute("DELETE FROM heirs")
            return connection.execute("DELETE FROM sessions").rowcount

    def sweep(self, now: float) -> bool:
        """Forget what is past, and return whether more of it may be there."""
        # In two transactions, so that others get their turn.
        with self._writing() as connection:
            sessions = connection.execute(statements.SWEEP, (now, now, SWEPT)).rowcount

        with self._writing() as connection:
            counters = connection.execute(
                statements.SWEEP_COUNTERS, (now, SWEPT)
            ).rowcount

        return max(sessions, counters) == SWEPT

    def probe(self) -> str:
        """Write, read and remove something.

        :raises StoreDown: With what to do about it.
        """
        with self._writing() as connection:
            connection.execute(statements.KEEP, (b"\0probe", 0.0))
            connection.execute("DELETE FROM counters WHERE key = ?", (b"\0probe",))

        return ""

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._pool.close()


def _take(connection: sqlite3.Connection, take: Take, now: float) -> Verdict:
    key = packed(take.key)
    row = connection.execute("SELECT arrival FROM counters WHERE key = ?", (key,))
    old = row.fetchone()
    new, verdict = gcra(old and old[0], take, now)

    if new is not None:
        connection.execute(statements.KEEP, (key, new))

    return verdict


def _found(
    connection: sqlite3.Connection, id: bytes | None
) -> tuple[Row | None, float | None]:
    """Return the session that an id leads to, and until when if it was replaced."""
    if id is None:
        return None, None

    row = connection.execute(statements.READ, (id,)).fetchone()

    if row is not None:
        return row, None

    heir = connection.execute(statements.HEIR, (id,)).fetchone()
    return (None, None) if heir is None else (heir[1:], heir[0])
