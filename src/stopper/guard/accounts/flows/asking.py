"""What several flows ask of the accounts, in the same way each time."""

from __future__ import annotations

import typing as t

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ....catalogue.event import Action
from ....controls.accounts.control import ACCOUNTS
from ....controls.accounts.policy import LONGEST
from ....controls.passwords.policy import Complaint
from ...passwords.passwords import Answer
from ...passwords.pool import Busy
from ...refusal import Refused
from ...sessions.listing import Sessions
from ..people import Person
from ..service import service

#: Kinds of factors beside which a password is not alone.
SECOND = frozenset({"totp", "passkey"})


def found(sql: Session, address: str) -> Person | None:
    """Return who has an address. It costs one statement, whatever was typed."""
    # What no account can be called is looked up as nobody: a database refuses some
    # characters, and would answer otherwise than for a name that it knows not.
    plain = address.isprintable() and len(address) <= LONGEST
    person = service().people.by_address(sql, address if plain else "")
    return person if plain and address.strip() else None


def hashed(password: str) -> str:
    """Return the hash of a new password.

    :raises Refused: With 503 if too many passwords are being hashed.
    """
    try:
        return service().passwords.hash(password)
    except Busy as e:
        raise Refused("passwords", e.refusal) from e


def verified(stored: str | None, password: str) -> Answer:
    """Say whether a password is right, at the cost of one hash.

    :raises Refused: With 503 if too many passwords are being hashed.
    """
    try:
        return service().passwords.verify(stored, password)
    except Busy as e:
        raise Refused("passwords", e.refusal) from e


def complaints(
    password: str, person: Person | None, *words: str, alone: bool = True
) -> tuple[Complaint, ...]:
    """Return what is wrong with a new password.

    :param words: What else is known of who takes it.
    """
    known = (person.address, person.name) if person is not None else ()
    context = [word for word in (*known, *words) if word]
    return service().passwords.complaints(password, alone=alone, context=context)


def alone(sql: Session, user: str) -> bool:
    """Say whether a user's password is their only factor."""
    return not SECOND & service().factors.of(sql, user)


def end_sessions(user: str) -> int:
    """End every session of a user, this one too; return how many there were.

    :raises Refused: With 503 if the store cannot be reached.
    """
    return Sessions().revoke_all(user)


def end_other_sessions(user: str) -> None:
    """End every session of a user but that of this request.

    :raises Refused: With 503 if the store cannot be reached.
    """
    Sessions().revoke_others(user)


def forget_devices(sql: Session, user: str) -> None:
    """Forget every browser that stays logged in, or is not asked for a second factor."""
    table = service().tables.device
    sql.execute(delete(table).where(table.user == user))


def forget_credentials(sql: Session, user: str) -> None:
    """Take away whatever else than the password somebody could get in with."""
    forget_devices(sql, user)
    forget_made_since(sql, user, 0.0)


def forget_made_since(sql: Session, user: str, since: float) -> None:
    """Take away the factors and API keys of a user that were made since then.

    :param since: In seconds since 1970.
    """
    tables = service().tables

    for table in (tables.credential, tables.apikey):
        mine = table.user == user, table.created_at >= since
        sql.execute(delete(table).where(*mine))


def note(name: str, message: str, user: str, **details: t.Any) -> None:
    """Say what happened to an account; never by its address."""
    house = service().house
    house.emit(ACCOUNTS.name, name, Action.NOTED, message, user=user, **details)
