"""An answer that is made while it is sent, and may fail midway."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

_END = object()


class Stream:
    """Hands on the parts of an answer, of which the first is made at once.

    No server sends the headers before it has a part (PEP 3333), so a stream that fails
    before the first one can still be answered with an error.

    :param failed: Called with what a later part raises, before that goes on.
    :raises BaseException: Whatever making the first part raises.
    """

    def __init__(
        self, body: Iterable[bytes], failed: Callable[[BaseException], None]
    ) -> None:
        self._body = body
        self._failed = failed

        try:
            self._parts = iter(body)
            self._first: t.Any = next(self._parts, _END)
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        first = self._first

        if first is _END:
            return

        yield first

        try:
            yield from self._parts
        except BaseException as e:
            self._failed(e)
            raise

    def close(self) -> None:
        """Close the answer, as the server has to."""
        close(self._body)


def close(body: Iterable[bytes]) -> None:
    """Close an answer that nobody goes on to read (PEP 3333)."""
    closing = getattr(body, "close", None)

    if closing is not None:
        closing()
