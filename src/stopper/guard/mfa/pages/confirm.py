"""Showing again who one is, in the middle of a login: all that a login asks for.

A password alone is not enough where there is a second factor: it is what a stolen
session most likely comes with (OWASP ASVS 5.0, 7.5.1 and 7.5.3). A passkey is enough
alone, for it verifies its user each time.
"""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import jsonify
from flask import request
from werkzeug.wrappers import Response

from ....catalogue.event import Action
from ...accounts import login
from ...accounts.flows.asking import verified
from ...accounts.pages.face import by_program
from ...accounts.pages.face import given
from ...accounts.pages.face import shown
from ...accounts.pages.gate import here
from ...accounts.people import Person
from ...accounts.service import service
from ...ratelimits.marks import Limiting
from ...redirects.safe import safe_redirect
from ..credentials import FACTORS
from ..credentials import PASSKEY
from ..credentials import TOTP
from ..party import party
from ..passkeys import Wrong
from .asker import note
from .asker import relying
from .asker import sent

_WRONG = "That is not right, or the code was used before. Try again."


class Undone(Exception):
    """What was taken is not to be taken after all."""


def confirm() -> t.Any:
    """Ask again who it is, or look at what was sent."""
    someone, ours = here(), service()

    with ours.database.reading() as sql:
        kinds = ours.factors.of(sql, someone.id) & set(FACTORS)

    asked = _asked(someone, kinds)

    if request.method != "POST":
        return _page(kinds, asked)

    fields = given()
    tickets = [ours.throttle.code(someone.id, what) for what in asked]

    if not asked or not _right(someone, asked, fields):
        _failed(someone)
        return _page(kinds, asked, 403, {"": _WRONG})

    for ticket in tickets:
        ours.throttle.right(ticket)

    for what in asked:
        login.refresh(ours.now, what)

    return _onward(someone, fields.get("next"))


def confirm_options() -> Response:
    """Say what a browser asks for a passkey with."""
    someone, ours = here(), service()

    with ours.database.reading() as sql:
        made = ours.factors.passkeys.request(sql, "confirm", relying(), someone.id)

    return jsonify(made)


def confirm_passkey() -> t.Any:
    """Look at the passkey that a browser has shown."""
    someone, found, ours = here(), sent(), service()

    try:
        ours.factors.passkeys.check(
            ours.database, "confirm", relying(), found.get("credential"), someone.id
        )
    except Wrong as e:
        _failed(someone, e.reason)
        errors = {"": "This passkey was not taken."}
        return shown("stopper/confirm.html", status=403, errors=errors)

    login.refresh(ours.now, PASSKEY)
    return _onward(someone, found.get("next"))


def _asked(someone: Person, kinds: frozenset[str]) -> tuple[str, ...]:
    """Return what the form asks for; nothing where only a passkey will do."""
    if PASSKEY in kinds and TOTP not in kinds:
        return ()

    has = ("password",) if someone.password is not None else ()
    return (*has, TOTP) if TOTP in kinds else has


def _right(
    someone: Person, asked: tuple[str, ...], fields: t.Mapping[str, str]
) -> bool:
    """Say whether all is right; a code beside a wrong password is not used up."""
    ours = service()
    right = True

    if "password" in asked:
        right = verified(someone.password, fields.get("password", "")).right

    if TOTP not in asked:
        return right

    try:
        with ours.database.writing() as sql:
            code = fields.get("code", "")
            taken = ours.factors.totp.check(sql, someone.id, code, ours.now)

            if not (right and taken):
                raise Undone
    except Undone:
        return False

    return True


def _failed(someone: Person, why: str = "wrong") -> None:
    service().house.emit(
        "mfa",
        "step-up-failed",
        Action.REFUSED,
        "Somebody did not show again who they are.",
        user=someone.id,
        why=why,
    )


def _page(
    kinds: frozenset[str],
    asked: tuple[str, ...],
    status: int = 200,
    errors: dict[str, str] | None = None,
) -> Response:
    return shown(
        "stopper/confirm.html",
        status=status,
        errors=errors,
        data={"asks": list(asked), "factors": sorted(kinds)},
        passkeys=PASSKEY in kinds and party(service().house) is not None,
        next=request.values.get("next", ""),
        again=request.values.get("again", ""),
    )


def _onward(someone: Person, target: object) -> Response:
    note("stepped-up", "A user showed again who they are.", someone.id)
    text = target if isinstance(target, str) else ""
    # Judged and quoted as a redirect is, for a script goes there by itself.
    answer = safe_redirect(text, "stopper_accounts.factors", 303)

    if by_program():
        return jsonify(fresh=True, next=answer.headers["Location"])

    return answer


def register(blueprint: Blueprint) -> None:
    """Give the blueprint the page that asks again."""
    add = blueprint.add_url_rule
    # The throttle counts finer than the limit that all logins have.
    view = Limiting().exempt(confirm)
    add("/confirm", view_func=view, methods=["GET", "POST"])
    add("/confirm/passkey/options", view_func=confirm_options, methods=["POST"])
    add("/confirm/passkey", view_func=confirm_passkey, methods=["POST"])
