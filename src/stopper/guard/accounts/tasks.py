"""Something to be done that no request waits for, and how it went wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable


class Later(Exception):
    """Something cannot be done now, and may be in a while.

    :param reason: For the log, without an address: ``"SMTPConnectError 421"``.
    :param all: Whether nothing else would work either, for the server is down.
    """

    def __init__(self, reason: str, all: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.all = all


class Never(Exception):
    """Something cannot be done, however often it is tried.

    :param reason: For the log, without an address: ``"SMTPDataError 554"``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclasses.dataclass(slots=True, eq=False)
class Task:
    """Something to be done.

    :param name: For the log.
    :param run: Raises :exc:`Later`, or anything else for *never*.
    :param born: When it was asked for, by the clock that only goes forward.
    :param real: Whether it matters; what is done only to take time does not.
    """

    name: str
    run: Callable[[], object]
    born: float
    real: bool = True
    tries: int = 0
    due: float = 0.0
