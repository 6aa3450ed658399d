"""One mail that is to be sent, and how sending it went wrong."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable
from email.message import EmailMessage

#: Hands a written mail on; raises :exc:`Later`, or anything else for *never*.
Deliver = Callable[[EmailMessage], object]


class Later(Exception):
    """A mail could not be handed on now, and may be in a while.

    :param reason: For the log, without an address: ``"SMTPConnectError 421"``.
    :param all: Whether no other mail would be taken either, for the server is down.
    """

    def __init__(self, reason: str, all: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.all = all


class Never(Exception):
    """A mail will not be taken, however often it is tried.

    :param reason: For the log, without an address: ``"SMTPDataError 554"``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclasses.dataclass(slots=True, eq=False)
class Job:
    """One mail that is to be sent.

    :param name: Of the template: ``"verify"``.
    :param real: Whether it is sent; the others are written and thrown away, so that
        there is as much to do for an address that nobody has.
    :param born: When it was asked for, by the clock that only goes forward.
    """

    to: str
    name: str
    context: dict[str, t.Any]
    real: bool
    born: float
    message: EmailMessage | None = None
    tries: int = 0
    due: float = 0.0
