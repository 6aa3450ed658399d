"""One deadline for everything that a fetch waits for."""

from __future__ import annotations

import io
import socket
import time
import typing as t

from .error import FetchTimeout


class Deadline:
    """The moment at which a fetch has to be done.

    :param seconds: From now.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        :raises FetchTimeout: If there are none.
        """
        left = self._end - time.monotonic()

        if left <= 0:
            raise self.over()

        return left

    def over(self) -> FetchTimeout:
        """Return the error that says so."""
        return FetchTimeout(f"The fetch took longer than {self._seconds:g} seconds.")


class Timed:
    """A socket of which every read and write shares one deadline.

    A timeout of the socket alone starts again with every byte, so a server that sends
    one a second would hold a worker for ever.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: t.Any) -> None:
        """Send everything."""
        waiting = memoryview(data)

        while waiting:
            self._sock.settimeout(self._deadline.left())
            waiting = waiting[self._sock.send(waiting) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return what the answer is read from."""
        return io.BufferedReader(_Raw(self._sock, self._deadline))

    def close(self) -> None:
        """Leave the socket open; the answer is still to be read from it."""


class _Raw(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)
