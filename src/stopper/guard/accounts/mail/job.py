"""One mail that is to be sent."""

from __future__ import annotations

import dataclasses
import typing as t
from email.message import EmailMessage


@dataclasses.dataclass(slots=True, eq=False)
class Job:
    """One mail that is to be sent.

    :param name: Of the template: ``"verify"``.
    :param real: Whether it is sent; the others are written and thrown away, so that
        there is as much to do for an address that nobody has.
    :param message: The mail, once it is written.
    """

    to: str
    name: str
    context: dict[str, t.Any]
    real: bool
    message: EmailMessage | None = None
