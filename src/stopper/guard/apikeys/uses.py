"""Keeps when and from where keys were used, beside the requests and never in their way."""

from __future__ import annotations

import dataclasses
import os
import threading
import weakref
from collections.abc import Callable

from sqlalchemy import or_
from sqlalchemy import update
from sqlalchemy.pool import StaticPool

from ..tables.database import Database
from ..tables.mixins import ApiKeyMixin

#: Seconds in which the use of a key is written once at most.
EVERY = 60.0

#: How many keys are remembered as written; past it all are forgotten.
MOST = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Use:
    """One use of a key.

    :param hashes: The hash that is kept and the one to keep, with the name of the key
        of the app that made it; ``None`` if it stays as it is.
    """

    id: str
    at: float
    place: str
    hashes: tuple[bytes, bytes, str] | None = None


class Uses:
    """Writes uses in a thread of its own, which is there while there is something to do.

    What cannot be written is lost, and said: a key that works has to go on working.

    :param failed: Told of what went wrong.
    """

    def __init__(
        self,
        database: Database,
        table: type[ApiKeyMixin],
        failed: Callable[[Exception], None],
    ) -> None:
        self._database = database
        self._table = table
        self._failed = failed
        self.begin()
        _ALL.add(self)
        # A database in memory has one connection, which two threads cannot share.
        self._here = isinstance(database.engine.pool, StaticPool)

    def begin(self) -> None:
        """Start with nothing to write and no thread, as a process after a fork has to."""
        self._lock = threading.Lock()
        self._waiting: dict[str, Use] = {}
        self._written: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def note(self, use: Use, before: float | None) -> None:
        """Have a use written, if the last one that was is long enough ago.

        :param before: When the key was used last, as the table has it.
        """
        with self._lock:
            last = max(before or 0.0, self._written.get(use.id, 0.0))

            # A clock that was set back ends no record.
            if use.hashes is None and 0 <= use.at - last < EVERY:
                return

            if len(self._written) >= MOST:
                self._written.clear()

            self._written[use.id] = use.at
            self._waiting[use.id] = use

            if self._thread is None and not self._here:
                self._thread = threading.Thread(
                    target=self._work, name="stopper-apikeys", daemon=True
                )
                self._thread.start()

        if self._here:
            self._work()

    def wait(self) -> None:
        """Return once everything is written that was noted."""
        thread = self._thread

        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                uses, self._waiting = list(self._waiting.values()), {}

                if not uses:
                    self._thread = None
                    return

            try:
                self._write(uses)
            # Whatever it is: a thread that died would keep the next one from starting.
            except Exception as e:
                self._failed(e)

    def _write(self, uses: list[Use]) -> None:
        table = self._table

        with self._database.writing() as sql:
            for use in uses:
                sql.execute(
                    update(table)
                    .where(table.id == use.id)
                    .where(or_(table.used_at.is_(None), table.used_at < use.at))
                    .values(used_at=use.at, used_from=use.place[:64])
                )

                if use.hashes is not None:
                    old, new, name = use.hashes
                    sql.execute(
                        update(table)
                        .where(table.id == use.id, table.hash == old)
                        .values(hash=new, key_id=name)
                    )


_ALL: weakref.WeakSet[Uses] = weakref.WeakSet()


def _forget() -> None:
    for uses in list(_ALL):
        uses.begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
