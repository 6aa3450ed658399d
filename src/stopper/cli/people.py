"""The accounts of the app that a command is run for."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Iterator

import click
from flask import current_app

from . import Refusal
from .guarded import walk

if t.TYPE_CHECKING:
    from ..guard.accounts.people import Person
    from ..guard.accounts.service import Service


def service() -> Service:
    """Return the accounts of the current app.

    :raises Refusal: If it has none, or does not start with these settings.
    """
    found = current_app.extensions.get("stopper.accounts")

    if found is None:
        raise Refusal(
            "This app has no accounts: `Accounts(app)` of stopper.accounts gives it some."
        )

    walk()
    return t.cast("Service", found)


def person(ours: Service, sql: t.Any, address: str) -> Person:
    """Return who has an address.

    :raises Refusal: If nobody has.
    """
    found = ours.people.by_address(sql, address)

    if found is None:
        raise Refusal(f"Nobody has the address {address[:320]!r}.")

    return found


def named(ours: Service, address: str) -> Person:
    """Return who has an address, in a transaction of its own.

    :raises Refusal: If nobody has.
    """
    with ours.database.reading() as sql:
        return person(ours, sql, address)


@contextlib.contextmanager
def asked() -> Iterator[Service]:
    """Give the accounts of the current app to a command that does something for a user.

    What happened is written into the history of the account before the command ends.

    :raises Refusal: If there are none, users do not log in by them, or the store of the
        sessions cannot be reached.
    """
    from ..guard.refusal import Refused
    from .sending import settled

    ours = service()

    if not ours.logs_in:
        raise Refusal("The users of this app do not log in by accounts of Stopper's.")

    try:
        yield ours
    except Refused as e:
        raise Refusal(e.refusal.message) from e
    finally:
        settled(ours)


def look_at_store(ours: Service) -> bool:
    """Say whether a command can end sessions, and warn where it cannot."""
    if ours.house.store.shared or ours.app.testing:
        return True

    click.echo(
        "stopper: STOPPER_STORE keeps sessions in the memory of each process, where no "
        "command can end them: start the app anew.",
        err=True,
    )
    return False
