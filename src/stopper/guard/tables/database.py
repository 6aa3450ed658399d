"""The database of accounts: short transactions, and one error where it is down."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from ...catalogue.error import StopperError
from .engine import WRITES


class DatabaseDown(StopperError):
    """The database cannot be reached, or did not answer in time."""


class Database:
    """The database of accounts.

    Every transaction is our own and short: what is used once is used once whatever the
    app's own transaction does.

    :param engine: Of :mod:`stopper.guard.tables.engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**{WRITES: True})

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that reads; what it changes is not kept.

        :raises DatabaseDown: If the database cannot be reached.
        """
        with told(), Session(self.engine, expire_on_commit=False) as sql:
            yield sql

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session whose changes are kept when the block ends, or none of them.

        What is to happen once is an UPDATE with a condition, whose ``rowcount`` says
        whether this request was the one.

        :raises DatabaseDown: If the database cannot be reached.
        :raises sqlalchemy.exc.IntegrityError: If something is there that may be once.
        """
        with (
            told(),
            Session(self._writing, expire_on_commit=False) as sql,
            sql.begin(),
        ):
            yield sql


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Say that the database is down, and not how a driver puts it.

    :raises DatabaseDown: If the block finds that it cannot be reached.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout) as e:
        # Its text may hold the statement; the values are hidden by the engine.
        kind = type(getattr(e, "orig", None) or e).__name__
        raise DatabaseDown(
            f"The database of STOPPER_ACCOUNTS_URL failed ({kind})."
        ) from e
