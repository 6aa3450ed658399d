"""Talks to PostgreSQL: opens connections, asks, and knows when one is of no use."""

from __future__ import annotations

import contextlib
import inspect
import select
import typing as t
from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Iterator

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.waiting import Ready
from psycopg.waiting import Wait

from . import postgres_tables
from .base import StoreDown
from .pool import Pool

#: Seconds until a PostgreSQL that does not answer is given up.
PATIENCE = 2

#: What the server is told: to stop as well, in milliseconds, and how the statements
#: expect to see what others write, whatever the database or the user has by default.
_OPTIONS = (
    f"-c statement_timeout={PATIENCE * 1000} "
    r"-c default_transaction_isolation=read\ committed"
)

_MEND = (
    "STOPPER_STORE says where it is; see that it runs, that this machine may talk to "
    "it, and that the user may make tables in its schema."
)

T = t.TypeVar("T")

Row: t.TypeAlias = tuple[t.Any, ...]


# psycopg 3.3.8 can stop waiting by itself. Older ones, which the extra does not
# install, work too, and wait for a frozen server as long as the network does.
_TIMED = "timeout" in inspect.signature(psycopg.Connection.wait).parameters


class Connection(psycopg.Connection[Row]):
    """A connection that does not wait for ever.

    The server's own time-out is of no help if the server is frozen, or the network
    swallows what it says.
    """

    def wait(
        self,
        gen: Generator[Wait, Ready | int, T],
        interval: float = 0.1,
        timeout: float | None = None,
    ) -> T:
        """Go on with what waits for the server until it is done, or for too long."""
        if not _TIMED:
            return super().wait(gen, interval)

        return super().wait(gen, interval, timeout or PATIENCE + 0.5)


class Wire:
    """Asks a PostgreSQL.

    :param address: ``postgresql://``, as libpq takes it.
    :raises ValueError: If it cannot be read.
    """

    def __init__(self, address: str) -> None:
        try:
            place = conninfo_to_dict(address)
        except psycopg.Error:
            raise ValueError("no address of PostgreSQL") from None

        options = f"{place.get('options') or ''} {_OPTIONS}".strip()
        self._settings: dict[str, t.Any] = {
            "connect_timeout": PATIENCE,
            "tcp_user_timeout": PATIENCE * 1000,
            "application_name": "stopper",
            **place,
            "options": options,
            "autocommit": True,
        }
        self._pool: Pool[Connection] = Pool(self._connect, Connection.close)
        self._laid_out = False
        #: Where it is, without name and password.
        self.name = (
            f"{place.get('host', 'localhost')}:{place.get('port', 5432)}"
            f"/{place.get('dbname', '')}"
        )

    def _connect(self) -> Connection:
        try:
            connection = Connection.connect(**self._settings)
        except psycopg.Error as e:
            raise self._down(e) from e

        if not self._laid_out:
            try:
                postgres_tables.lay_out(connection)
            except BaseException as e:
                connection.close()
                raise self._down(e) if isinstance(e, psycopg.Error) else e from e

            self._laid_out = True

        return connection

    def _down(self, error: Exception) -> StoreDown:
        said = [*str(error).strip().splitlines(), type(error).__name__][0]
        return StoreDown(
            f"The store, PostgreSQL at {self.name}, failed: {said}. {_MEND}"
        )

    def ask(
        self, statement: str, values: t.Any = None, again: bool = False
    ) -> list[Row]:
        """Run a statement, and return its rows.

        :param again: Whether it may run twice. If the connection turns out to be
            closed, it may have run or not; so a statement that must not run twice pays
            for a look at the connection before, and fails if that was not enough.
        :raises StoreDown: If PostgreSQL cannot be reached, or refuses.
        """

        def asked(connection: Connection) -> list[Row]:
            cursor = connection.execute(statement, values, prepare=True, binary=True)
            return cursor.fetchall()

        rows: list[Row] = self.do(asked, again)
        return rows

    def do(self, work: Callable[[Connection], t.Any], again: bool = False) -> t.Any:
        """Return what a function returns that is given a connection."""
        connection = self._pool.free()

        if connection is not None and again:
            with contextlib.suppress(_Closed):
                return self._with(connection, work)

            connection = None

        if connection is not None and _closed(connection):
            self._pool.drop(connection)
            connection = None

        return self._with(connection or self._connect(), work)

    def _with(
        self, connection: Connection, work: Callable[[Connection], t.Any]
    ) -> t.Any:
        with self._lent(connection):
            return work(connection)

    @contextlib.contextmanager
    def _lent(self, connection: Connection) -> Iterator[None]:
        try:
            yield
        except BaseException as e:
            gone = connection.broken
            # An answer that is still under way would be taken for the next one.
            self._pool.drop(connection)

            if isinstance(e, psycopg.errors.UndefinedTable):
                # They were dropped, so they are made anew.
                self._laid_out = False

            if isinstance(e, psycopg.OperationalError) and (
                gone or e.sqlstate in _GONE
            ):
                raise _Closed(str(self._down(e))) from e

            if isinstance(e, psycopg.Error):
                raise self._down(e) from e

            raise

        self._pool.give(connection)

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._pool.close()


# What a server says that stops
# (https://www.postgresql.org/docs/current/errcodes-appendix.html, class 57).
_GONE = frozenset({"57P01", "57P02", "57P05"})


class _Closed(StoreDown):
    """The connection was closed."""


def _closed(connection: Connection) -> bool:
    # Nothing was asked, so something to read is the end of it.
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))

    return bool(select.select([connection.fileno()], [], [], 0)[0])
