"""The SQLite file of a store: how it is made, opened and recognised."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time

from .base import StoreDown

#: Seconds that a writer waits for another one.
PATIENCE = 2.0

#: The version of the tables. A file of a later one is left alone.
VERSION = 1

#: ``stpr``: says that a file is ours (https://www.sqlite.org/fileformat.html, 1.3.7).
APPLICATION = 0x73747072

#: Bytes that the write-ahead log keeps on disk after a checkpoint, 8 MiB.
LOG_SIZE = 8 * 1024 * 1024

#: Seconds between two looks whether the file is still the one that was opened.
LOOK = 1.0

# A row is found by a number of its own, which stays when the id changes; the ids that a
# session had (heirs) lead to it, and go with it.
_TABLES = """
CREATE TABLE sessions (
    session INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    data BLOB NOT NULL,
    account BLOB NOT NULL,
    created REAL NOT NULL,
    seen REAL NOT NULL,
    ends REAL NOT NULL,
    expires REAL NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_account ON sessions (account) WHERE account <> x'';
CREATE INDEX sessions_expires ON sessions (expires);
CREATE INDEX sessions_ends ON sessions (ends);
CREATE TABLE heirs (
    old BLOB PRIMARY KEY,
    session INTEGER NOT NULL,
    until REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX heirs_session ON heirs (session);
CREATE TRIGGER sessions_ended AFTER DELETE ON sessions BEGIN
    DELETE FROM heirs WHERE session = OLD.session;
END;
CREATE TABLE counters (
    key BLOB PRIMARY KEY,
    arrival REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""

_MARKS = """
SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
FROM pragma_application_id, pragma_user_version
"""

_MEND = (
    "Give it to the user that runs the app, or set STOPPER_STORE to another file "
    "(sqlite:/path/file) or to a server (redis://, postgresql://)."
)

_DAMAGED = (
    "is damaged or no SQLite file. Stop the app and move it away, with its -wal and "
    "-shm: a new one is made, and everybody logs in again."
)

_TOLD = {
    sqlite3.SQLITE_BUSY: f"was locked by another process for {PATIENCE:g} seconds.",
    sqlite3.SQLITE_LOCKED: f"was locked for {PATIENCE:g} seconds.",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: f"or its folder cannot be written to. {_MEND}",
    sqlite3.SQLITE_PERM: f"or its folder cannot be written to. {_MEND}",
    sqlite3.SQLITE_CANTOPEN: f"cannot be opened. {_MEND}",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk failed.",
}

#: What may be over in a moment.
_PASSING = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL})


class File:
    """The SQLite file of a store.

    :param path: Where it is, or is to be made.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._known: tuple[int, int] | None = None
        self._looked = 0.0

    def down(self, error: sqlite3.Error | OSError) -> StoreDown:
        """Return the error that says what is wrong and how to mend it."""
        code = getattr(error, "sqlite_errorcode", None)

        if isinstance(error, OSError):
            told = f"cannot be made: {error.strerror}. {_MEND}"
        elif code is None:
            told = f"failed: {error}"
        else:
            told = _TOLD.get(code & 0xFF) or f"failed: {error} ({code})"

        passing = code is not None and code & 0xFF in _PASSING
        return StoreDown(f"The store {self.path} {told}", passing)

    def moved(self) -> bool:
        """Say whether there is another file now, or none, under the same name.

        Connections to the old one would go on as if nothing had happened.
        """
        if time.monotonic() < self._looked + LOOK:
            return False

        self._looked = time.monotonic()
        known, self._known = self._known, self._found()
        return known is not None and known != self._known

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)
        except OSError:
            return None

        return found.st_dev, found.st_ino

    def connect(self) -> sqlite3.Connection:
        """Open the file, and make it if there is none.

        :raises StoreDown: If it cannot be, or is not a file of ours.
        """
        try:
            self._make()
            connection = sqlite3.connect(
                self.path,
                timeout=PATIENCE,
                isolation_level=None,
                # Each is used by one thread at a time.
                check_same_thread=False,
            )
        except (sqlite3.Error, OSError) as e:
            raise self.down(e) from e

        try:
            self._prepare(connection)
        except BaseException as e:
            connection.close()
            raise self.down(e) if isinstance(e, sqlite3.Error) else e from e

        self._known = self._known or self._found()
        return connection

    def _make(self) -> None:
        folder = os.path.dirname(os.path.abspath(self.path))
        os.makedirs(folder, mode=0o700, exist_ok=True)

        with contextlib.suppress(FileExistsError):
            # SQLite gives the log and its index the rights of the file.
            made = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            os.close(made)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if not self._recognised(connection):
            self._lay_out(connection)

        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_SIZE}")
        connection.execute("PRAGMA trusted_schema = OFF")

    def _recognised(self, connection: sqlite3.Connection) -> bool:
        """Say whether the tables are there.

        :raises StoreDown: If they are someone else's.
        """
        # In one statement, since another process may be laying it out right now.
        ours, version, tables = connection.execute(_MARKS).fetchone()

        if not tables and not ours and not version:
            return False

        if ours != APPLICATION:
            raise StoreDown(
                f"The store {self.path} is a SQLite file of something else. "
                "Set STOPPER_STORE to a file of its own.",
                passing=False,
            )

        if version != VERSION:
            raise StoreDown(
                f"The store {self.path} has tables of version {version}, this Stopper "
                f"knows version {VERSION}. Install the newer Stopper, or move it away.",
                passing=False,
            )

        return True

    def _lay_out(self, connection: sqlite3.Connection) -> None:
        self._log_ahead(connection)
        connection.execute("BEGIN IMMEDIATE")

        # Another process may have been faster.
        if not self._recognised(connection):
            for statement in _statements(_TABLES):
                connection.execute(statement)

            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")

        connection.execute("COMMIT")

    def _log_ahead(self, connection: sqlite3.Connection) -> None:
        until = time.monotonic() + PATIENCE

        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as e:
                # SQLite does not wait here for others that do the same.
                if e.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise

                if time.monotonic() > until:
                    raise

                time.sleep(0.01)


def _statements(script: str) -> list[str]:
    found: list[str] = []
    text = ""

    for line in script.splitlines():
        text += f"{line}\n"

        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""

    return found
