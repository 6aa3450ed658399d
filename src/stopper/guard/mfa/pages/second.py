"""The second step of a login: a code, a passkey or a recovery code."""

from __future__ import annotations

import typing as t

from flask import abort
from flask import Blueprint
from flask import jsonify
from flask import request
from werkzeug.wrappers import Response

from ....catalogue.event import Action
from ...accounts import login
from ...accounts.entry import enter
from ...accounts.login import Pending
from ...accounts.pages.face import done
from ...accounts.pages.face import given
from ...accounts.pages.face import shown
from ...accounts.pages.gate import say
from ...accounts.people import Person
from ...accounts.service import service
from ...refusal import Refused
from ..again import lead
from ..credentials import PASSKEY
from ..credentials import RECOVERY
from ..credentials import TOTP
from ..party import party
from ..passkeys import Wrong
from ..tries import left
from .asker import note
from .asker import relying
from .asker import sent
from .asker import tell

_WRONG = (
    "That is not right, or it was used before. Wait for the next code and try again."
)
_AGAIN = "Too many tries. Log in again."


def second() -> t.Any:
    """Ask for another factor, or look at the one that was sent."""
    pending = _pending()
    ours = service()

    with ours.database.reading() as sql:
        kinds = ours.factors.of(sql, pending.user)

    if request.method != "POST":
        return _page(kinds)

    fields = given()
    kind = RECOVERY if fields.get("recovery") else TOTP

    if not _try(pending):
        return _over()

    try:
        ticket = ours.throttle.code(pending.user, kind)
    except Refused as e:
        if e.code == 429:
            _warn(pending.user)

        raise

    if not _right(pending.user, kind, fields.get("recovery") or fields.get("code", "")):
        _failed(pending.user, kind)
        errors = {"recovery" if kind == RECOVERY else "code": _WRONG}
        return _page(kinds, status=403, errors=errors)

    ours.throttle.right(ticket)
    return _enter(pending, kind, bool(fields.get("remember_device")))


def second_options() -> Response:
    """Say what a browser asks for a passkey with."""
    pending, ours = _pending(), service()

    with ours.database.reading() as sql:
        made = ours.factors.passkeys.request(sql, "second", relying(), pending.user)

    return jsonify(made)


def second_passkey() -> t.Any:
    """Look at the passkey that a browser has shown."""
    pending, found, ours = _pending(), sent(), service()

    if not _try(pending):
        return _over()

    try:
        ours.factors.passkeys.check(
            ours.database, "second", relying(), found.get("credential"), pending.user
        )
    except Wrong as e:
        _failed(pending.user, PASSKEY, e.reason)
        errors = {"": "This passkey was not taken."}
        return shown("stopper/second.html", status=403, errors=errors)

    return _enter(pending, PASSKEY, found.get("remember_device") is True)


def _pending() -> Pending:
    found = login.pending(service().now)
    return found or abort(lead("stopper_accounts.login", "Log in first", 401, "login"))


def _page(
    kinds: frozenset[str], status: int = 200, errors: dict[str, str] | None = None
) -> Response:
    return shown(
        "stopper/second.html",
        status=status,
        errors=errors,
        data={"factors": sorted(kinds)},
        passkeys=PASSKEY in kinds and party(service().house) is not None,
    )


def _try(pending: Pending) -> bool:
    if left(service().house, pending):
        return True

    login.drop()
    note("second-factor-tries", "A login is over: too many wrong codes.", pending.user)
    _warn(pending.user)
    return False


def _warn(user: str) -> None:
    """Tell a user that somebody has their password (ASVS 5.0, 6.3.5); once in an hour."""
    ours = service()

    if not ours.house.once(("second-failed", user, int(ours.now // 3600))):
        return

    with ours.database.reading() as sql:
        someone = ours.people.by_id(sql, user)

    if someone is not None:
        reset = ours.links.address("reset")
        ours.mailer.send(someone.address, "second-failed", reset=reset)


def _over() -> t.Any:
    """Answer who has to begin anew."""
    if request.is_json:
        return shown("stopper/second.html", status=429, errors={"": _AGAIN})

    say(_AGAIN)
    return done("stopper_accounts.login")


def _right(user: str, kind: str, code: str) -> bool:
    ours = service()

    with ours.database.writing() as sql:
        if kind == RECOVERY:
            return ours.factors.recovery.take(sql, user, code)

        return ours.factors.totp.check(sql, user, code, ours.now)


def _failed(user: str, kind: str, why: str = "wrong") -> None:
    service().house.emit(
        "mfa",
        "second-factor-failed",
        Action.REFUSED,
        "A second factor was wrong.",
        user=user,
        kind=kind,
        why=why,
    )

    # In a browser of theirs it is most likely the user, who is told after the last try.
    if not service().devices.known(request, user):
        _warn(user)


def _enter(pending: Pending, kind: str, remember: bool) -> Response:
    ours = service()

    with ours.database.reading() as sql:
        # The account may have been closed since the password was shown, or the password
        # changed by somebody who wants that login out.
        someone = ours.people.by_id(sql, pending.user)
        codes = ours.factors.recovery.left(sql, pending.user)

    if someone is None or not someone.active or not pending.holds(someone.password):
        login.drop()
        abort(lead("stopper_accounts.login", "Log in first", 401, "login"))

    answer = enter(someone, (*pending.how, kind), pending.remember)

    if remember:
        ours.devices.remember(pending.user, "mfa")

    if kind == RECOVERY:
        _used(someone, codes)

    return answer


def _used(someone: Person, codes: int) -> None:
    note("recovery-code-used", f"A recovery code was used; {codes} left.", someone.id)
    tell(someone, f"A recovery code was used to log in; {codes} are left")
    say(f"{codes} recovery codes are left.")


def register(blueprint: Blueprint) -> None:
    """Give the blueprint the second step of a login."""
    add = blueprint.add_url_rule
    add("/second", view_func=second, methods=["GET", "POST"])
    add("/second/passkey/options", view_func=second_options, methods=["POST"])
    add("/second/passkey", view_func=second_passkey, methods=["POST"])
