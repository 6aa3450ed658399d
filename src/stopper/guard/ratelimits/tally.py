"""What is counted for one request."""

from __future__ import annotations

from collections.abc import Sequence

from ..stores.base import Verdict
from .limit import Group
from .table import Applied


class Tally:
    """What is counted for one request.

    :param client: The network of the client.
    :param here: The limits that are counted in this process's memory.
    :param first: The limits that the trip to the store asks.
    """

    __slots__ = ("applied", "client", "first", "found", "here")

    def __init__(
        self,
        applied: Applied,
        client: str,
        here: Group | None,
        first: Group | None,
    ) -> None:
        self.applied = applied
        self.client = client
        self.here = here
        self.first = first
        #: What was found, for the headers of the answer.
        self.found: tuple[tuple[Group, Sequence[Verdict]], ...] = ()
