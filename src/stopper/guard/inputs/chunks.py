"""A body in chunks, whose length and whose faults show only while it is read."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from collections.abc import Iterator

if t.TYPE_CHECKING:
    from _typeshed.wsgi import InputStream

ReadT = t.TypeVar("ReadT")


class Chunked:
    """A body in chunks, with what WSGI asks of one and no more: nobody reads around it.

    :param body: The server's own, ``wsgi.input``.
    :param measure: Told of every part that was read; it may raise.
    :param refuse: Refuses the request; on trial it returns, and the error goes on.
    """

    #: How many bytes were read.
    taken = 0

    def __init__(
        self,
        body: InputStream,
        measure: Callable[[Chunked], None],
        refuse: Callable[[], None],
    ) -> None:
        self._body = body
        self._measure = measure
        self._refuse = refuse

    def read(self, *size: int) -> bytes:
        """Return so many bytes, or all that are left."""
        found = self._asked(self._body.read, *size)
        self.taken += len(found)
        self._measure(self)
        return found

    def goes_on(self) -> bool:
        """Say whether there is more; a byte of it is lost."""
        return bool(self._asked(self._body.read, 1))

    def readline(self, *size: int) -> bytes:
        """Return a line."""
        return self._asked(self._body.readline, *size)

    def readlines(self, *size: int) -> list[bytes]:
        """Return the lines that are left."""
        return self._asked(self._body.readlines, *size)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _asked(self, read: Callable[..., ReadT], *size: int) -> ReadT:
        try:
            return read(*size)
        except (OSError, ValueError):
            # The visitor has gone, or wrote nonsense: Werkzeug answers either with 400.
            raise
        except Exception:
            self._refuse()
            raise
