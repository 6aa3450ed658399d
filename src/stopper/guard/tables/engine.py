"""Engines for the database of accounts: SQLite as it has to be used, and the others."""

from __future__ import annotations

import contextlib
import os
import pathlib
import typing as t
import weakref

from sqlalchemy import create_engine
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from ...catalogue.error import SettingError
from ...catalogue.error import StartError

#: The execution option of a connection that is going to write.
WRITES = "stopper_writes"

#: Seconds for which SQLite waits for another writer, and a server for a connection.
PATIENCE = 5

#: What SQLAlchemy is told where an address does not say which driver.
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}

_ENGINES: weakref.WeakSet[Engine] = weakref.WeakSet()


def engine_of(address: str, folder: str, setting: str) -> Engine:
    """Return an engine for an address as SQLAlchemy writes it.

    :param folder: Where a SQLite file without a whole path is.
    :param setting: What the address comes from, for the error.
    :raises StopperError: If it cannot be read, or its driver is not installed.
    """
    try:
        url = make_url(address)
        url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
        made = _sqlite(url, folder) if _is_sqlite(url) else _server(url)
    except ArgumentError:
        # What it says may hold the password.
        raise SettingError(
            f"{setting} takes an address as SQLAlchemy has it: "
            "'postgresql://name:password@host/database' or 'sqlite:////var/lib/x.sqlite'."
        ) from None
    except ImportError as e:
        raise StartError(
            f"{setting} names a database whose driver is not installed: {e}. "
            "For PostgreSQL: pip install 'stopper[postgres]'"
        ) from e

    _ENGINES.add(made)
    return made


def beside(engine: Engine) -> Engine:
    """Return an engine of our own for the database that the app's own engine has.

    On SQLite a transaction that is going to write has to say so as it begins, which is
    no business of the app's engine. A database in memory, and a server, is asked
    through the app's.
    """
    url = engine.url

    if not _is_sqlite(url) or url.database in (None, "", ":memory:"):
        return engine

    return engine_of(url.render_as_string(hide_password=False), "", "the database")


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _server(url: URL) -> Engine:
    options: dict[str, t.Any] = {}

    if url.get_backend_name() == "postgresql":
        options["connect_args"] = {"connect_timeout": PATIENCE}

    return create_engine(
        url, pool_pre_ping=True, pool_timeout=PATIENCE, hide_parameters=True, **options
    )


def _sqlite(url: URL, folder: str) -> Engine:
    options: dict[str, t.Any] = {"hide_parameters": True}

    if url.database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
        options["connect_args"] = {"check_same_thread": False}
    else:
        path = pathlib.Path(folder, url.database or "")
        _make(path)
        url = url.set(database=str(path))
        options["connect_args"] = {"timeout": PATIENCE}

    made = create_engine(url, **options)
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin)
    return made


def _make(path: pathlib.Path) -> None:
    """Make the file, which is nobody else's to read, before SQLite does."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)

        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as e:
        raise StartError(
            f"The database of accounts, {path}, cannot be made: {e.strerror}. Give its "
            "folder to the user that runs the app, or set STOPPER_ACCOUNTS_URL."
        ) from e


def _prepare(connection: t.Any, record: object) -> None:
    # The driver begins transactions at a time of its own otherwise.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin(connection: t.Any) -> None:
    # Who reads first and then writes may find that another one wrote in between, and
    # SQLite does not wait then.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _forget() -> None:
    """Leave the connections to the process that opened them."""
    for engine in list(_ENGINES):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
