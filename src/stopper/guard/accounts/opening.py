"""What is looked at when the database of accounts is used for the first time."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ...catalogue.error import StartError
from ..passwords.passwords import Passwords
from ..passwords.passwords import pepper_of
from ..tables.schema import current
from ..tables.schema import HEAD
from ..tables.schema import upgrade
from .people import OurPeople


def look_at_tables(engine: Engine, ours: bool) -> None:
    """Bring the tables up to date where nobody else has to.

    :param ours: Whether the database is one that we made ourselves.
    :raises StartError: If they are not, and somebody has to decide when.
    """
    at = current(engine)

    if at == HEAD:
        return

    if ours:
        upgrade(engine)
        return

    raise StartError(
        f"The tables of the accounts are at {at or 'no revision'}, and this release "
        f"needs {HEAD}. Run: flask stopper db upgrade"
    )


def look_at_peppers(sql: Session, people: OurPeople, passwords: Passwords) -> None:
    """Refuse to start where a stored hash names a pepper that is gone.

    :raises StartError: If there is one.
    """
    found = people.hash_of_another_pepper(sql, passwords.peppers)
    passwords.look(filter(None, [pepper_of(found)]))
