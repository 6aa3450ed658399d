"""What the parts of accounts know of each other."""

from __future__ import annotations

import typing as t

from ..house import House
from ..tables.database import Database
from ..tables.ready import Tables
from .mail.mailer import Mailer
from .people import People


class Parts(t.Protocol):
    """What the parts of accounts know of each other; the service has all of it."""

    @property
    def house(self) -> House:
        """What the guards of the app share."""
        ...

    @property
    def database(self) -> Database:
        """The database of the accounts."""
        ...

    @property
    def tables(self) -> Tables:
        """Which tables the accounts are in."""
        ...

    @property
    def people(self) -> People:
        """Where the users are."""
        ...

    @property
    def mailer(self) -> Mailer:
        """Sends mail."""
        ...

    @property
    def now(self) -> float:
        """The time, in seconds since 1970."""
        ...
