"""The factors of who is logged in: which there are, what they are called, away with one."""

from __future__ import annotations

import dataclasses
import typing as t

from flask import abort
from flask import Blueprint
from flask import current_app
from flask import url_for

from ....controls.mfa.policy import CODES
from ...accounts.moments import moment
from ...accounts.pages.face import done
from ...accounts.pages.face import given
from ...accounts.pages.face import shown
from ...accounts.pages.gate import here
from ...accounts.pages.gate import say
from ...accounts.service import service
from ...tables.columns import LABEL
from ..credentials import PASSKEY
from ..factors import Last
from ..marks import Freshness
from ..party import party
from .asker import note
from .asker import tell

fresh = Freshness()

#: What each kind is called, at the beginning of a sentence.
CALLED = {PASSKEY: "Passkey", "totp": "Authenticator app"}

_LAST = "Your role needs a second factor: add another one before you remove this one."


def factors(status: int = 200, errors: dict[str, str] | None = None) -> t.Any:
    """Show which factors there are."""
    someone, ours = here(), service()

    with ours.database.reading() as sql:
        found = ours.factors.listed(sql, someone.id)
        codes = ours.factors.recovery.left(sql, someone.id)
        needed = ours.factors.required(sql, someone)

    return shown(
        "stopper/factors.html",
        status=status,
        errors=errors,
        data={
            "factors": [dataclasses.asdict(one) for one in found],
            "codes": codes,
            "required": needed,
        },
        called=CALLED,
        moment=moment,
        devices_page=_devices(),
        most_codes=CODES,
        passkeys=party(ours.house) is not None,
    )


def _devices() -> str:
    """Return the page on which other browsers are logged out (ASVS 5.0, 7.4.3)."""
    name = "stopper_accounts.devices"
    return url_for(name) if name in current_app.view_functions else ""


def factor_name(id: str) -> t.Any:
    """Call a factor something else."""
    someone, ours = here(), service()
    label = label_of(given().get("label", ""))

    with ours.database.writing() as sql:
        if not ours.factors.rename(sql, someone.id, id, label):
            abort(404)

    return done("stopper_accounts.factors", id=id, label=label)


@fresh()
def factor_remove(id: str) -> t.Any:
    """Take a factor away."""
    someone, ours = here(), service()

    try:
        with ours.database.writing() as sql:
            kind = ours.factors.remove(sql, someone.id, id)
    except Last:
        return factors(409, {"": _LAST})

    what = f"{CALLED[kind]} removed" if kind else abort(404)
    note("factor-removed", f"{what}.", someone.id)
    tell(someone, what)
    say(f"{what}.")
    return done("stopper_accounts.factors", removed=id)


def label_of(text: str, instead: str = "") -> str:
    """Return what somebody calls a factor, on one line and not too long."""
    plain = "".join(c for c in " ".join(text.split()) if c.isprintable())
    return plain[: LABEL // 2] or instead


def register(blueprint: Blueprint) -> None:
    """Give the blueprint the overview of factors."""
    add = blueprint.add_url_rule
    add("/factors", view_func=factors)
    add("/factors/<id>/name", view_func=factor_name, methods=["POST"])
    add("/factors/<id>/remove", view_func=factor_remove, methods=["POST"])
