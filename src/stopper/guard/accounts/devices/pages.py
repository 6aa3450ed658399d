"""The page of where an account is in use: sessions, remembered browsers, and the past."""

from __future__ import annotations

import dataclasses
import typing as t

from flask import Blueprint
from flask import flash
from flask import Flask

from ....catalogue.event import Action
from ....controls.accounts.control import ACCOUNTS
from ...mfa.marks import Freshness
from ...sessions.listing import Sessions
from ..browsers import browser
from ..moments import moment
from ..pages.face import by_program
from ..pages.face import done
from ..pages.face import given
from ..pages.face import shown
from ..pages.gate import here
from ..people import Person
from ..service import service

fresh = Freshness()

#: How much of the past the page shows.
SHOWN = 50


def devices() -> t.Any:
    """Show where the account is in use."""
    person = here()
    ours = service()
    data: dict[str, t.Any] = {
        "sessions": _sessions(person.id),
        "devices": [dataclasses.asdict(d) for d in ours.devices.listed(person.id)],
        "activity": [
            dataclasses.asdict(entry) for entry in ours.history.of(person.id)[:SHOWN]
        ],
    }
    return shown("stopper/devices.html", data=data, moment=moment)


def _sessions(user: str) -> list[dict[str, t.Any]]:
    found = [dataclasses.asdict(listed) for listed in Sessions().of(user)]
    # Whose they are is known, and what a browser says of itself is anybody's text.
    return [
        {k: v for k, v in f.items() if k != "user"} | {"device": browser(f["device"])}
        for f in found
    ]


@fresh()
def devices_end() -> t.Any:
    """End what was asked for.

    Whoever has a stolen session must not log its owner out (ASVS 5.0, 7.5.2).
    """
    person, sent, ours = here(), given(), service().devices

    if sent.get("others"):
        ended = ours.revoke_others(person.id)
        return _done(
            person, "sessions-revoked", ended, "Everything else is logged out."
        )

    if sent.get("device"):
        ended = ours.revoke(person.id, sent["device"])
        return _done(person, "device-revoked", ended, "This browser is not remembered.")

    ended = ours.revoke_session(person.id, sent.get("session", ""))
    return _done(person, "session-revoked", ended, "This session is over.")


def _done(person: Person, name: str, ended: int, says: str) -> t.Any:
    if ended:
        service().house.emit(
            ACCOUNTS.name,
            name,
            Action.NOTED,
            "A user ended sessions or remembered browsers of theirs.",
            user=person.id,
            ended=int(ended),
        )

    if not by_program():
        flash(says)

    return done("stopper_accounts.devices", ended=int(ended))


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the page on the blueprint."""
    blueprint.add_url_rule("/devices", view_func=devices)
    blueprint.add_url_rule("/devices", view_func=devices_end, methods=["POST"])
