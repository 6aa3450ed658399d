"""The accounts of the app that a command is run for."""

from __future__ import annotations

import typing as t

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
