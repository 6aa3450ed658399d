"""Keeps the open connections of a store, for the threads of one process."""

from __future__ import annotations

import os
import threading
import typing as t
import weakref
from collections.abc import Callable

C = t.TypeVar("C")


class Pool(t.Generic[C]):
    """The connections that nobody uses at the moment, the last one used on top.

    A connection belongs to whoever took it until it is given back, so that there are
    as many as are used at once. One for each thread would be opened anew for every
    request by a server that starts a thread for each.

    :param make: Opens a connection.
    :param shut: Closes one, and raises nothing.
    """

    def __init__(self, make: Callable[[], C], shut: Callable[[C], None]) -> None:
        self._make = make
        self._shut = shut
        self._free: list[C] = []
        self._pid = os.getpid()
        self._lock = threading.Lock()
        # Those of the process that this one was forked from. They are its own, and
        # letting go of them would close them: SQLite drops locks, and TLS says goodbye.
        self._foreign: list[list[C]] = []
        self._promise()

    def _promise(self) -> None:
        """Close what is free when nobody has the pool any more, or the process ends."""
        weakref.finalize(self, _shut_all, self._free, self._shut, self._pid)

    def take(self) -> C:
        """Return a connection, a new one if none is free."""
        return self.free() or self._make()

    def free(self) -> C | None:
        """Return a connection that was used before, ``None`` if none is free."""
        if os.getpid() != self._pid:
            self._forked()

        try:
            return self._free.pop()
        except IndexError:
            return None

    def _forked(self) -> None:
        # The lock may have been held by a thread that is not here any more.
        self._lock = threading.Lock()

        with self._lock:
            if os.getpid() != self._pid:
                self._foreign.append(self._free)
                self._free = []
                self._pid = os.getpid()
                self._promise()

    def give(self, connection: C) -> None:
        """Take back a connection on which nothing is under way."""
        self._free.append(connection)

    def drop(self, connection: C) -> None:
        """Close a connection that failed, or on which something may be under way."""
        self._shut(connection)

    def close(self) -> None:
        """Close what is free."""
        while (connection := self.free()) is not None:
            self._shut(connection)


def _shut_all(free: list[C], shut: Callable[[C], None], pid: int) -> None:
    # What a process was forked with belongs to the one that it was forked from.
    while free and os.getpid() == pid:
        shut(free.pop())
