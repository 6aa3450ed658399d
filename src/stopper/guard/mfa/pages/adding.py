"""Adding a factor: an authenticator app by a QR code, or a passkey by a script."""

from __future__ import annotations

import io
import typing as t

import segno
from flask import Blueprint
from flask import jsonify
from flask import session
from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ....catalogue.event import Action
from ...accounts import login
from ...accounts.pages.face import done
from ...accounts.pages.face import given
from ...accounts.pages.face import shown
from ...accounts.pages.gate import here
from ...accounts.pages.gate import say
from ...accounts.people import Person
from ...accounts.service import service
from ..credentials import PASSKEY
from ..credentials import TOTP
from ..marks import Freshness
from ..party import issuer
from ..passkeys import MOST as MOST_PASSKEYS
from ..passkeys import Wrong
from ..totp import MOST as MOST_TOTP
from ..totp import uri
from .asker import note
from .asker import relying
from .asker import sent
from .asker import tell
from .factors import CALLED
from .factors import factors
from .factors import label_of

fresh = Freshness()

_FULL = "There are too many already. Remove one first."
_WRONG = (
    "That is not the code that the app shows now. Is the clock of the device right?"
)
_NEXT = "stopper_accounts.recovery"


@fresh()
def totp() -> t.Any:
    """Make a key for an authenticator app, and show it: this once."""
    someone, ours = here(), service()

    with ours.database.writing() as sql:
        full = ours.factors.credentials.count(sql, someone.id, TOTP) >= MOST_TOTP
        secret = "" if full else ours.factors.totp.begin(sql, someone.id, ours.now)

    return factors(409, {"": _FULL}) if full else _key(someone, secret)


@fresh()
def totp_confirm() -> t.Any:
    """Take the app whose code was typed."""
    someone, fields, ours = here(), given(), service()
    label = label_of(fields.get("label", ""), CALLED[TOTP])
    ticket = ours.throttle.code(someone.id, "totp-setup")

    with ours.database.writing() as sql:
        made = ours.factors.totp.confirm(
            sql, someone.id, fields.get("code", ""), label, ours.now
        )
        begun = None if made else ours.factors.totp.begun(sql, someone.id, ours.now)
        _changed(sql, someone, made is not None)

    if begun is not None:
        return _key(someone, begun, 422, {"code": _WRONG})

    if made is None:
        return done("stopper_accounts.factors", begun=False)

    ours.throttle.right(ticket)
    login.refresh(ours.now, TOTP)
    _added(someone, TOTP)
    return done(_NEXT, id=made.id, label=label)


@fresh()
def passkey_options() -> Response:
    """Say what a browser makes a passkey with."""
    someone, ours = here(), service()

    with ours.database.reading() as sql:
        return jsonify(ours.factors.passkeys.creation(sql, someone, relying()))


@fresh()
def passkey_add() -> t.Any:
    """Keep the passkey that a browser made."""
    someone, found, ours = here(), sent(), service()

    with ours.database.reading() as sql:
        if ours.factors.credentials.count(sql, someone.id, PASSKEY) >= MOST_PASSKEYS:
            return _refused(409, _FULL)

    name = found.get("label")
    label = label_of(name if isinstance(name, str) else "", CALLED[PASSKEY])

    try:
        with ours.database.writing() as sql:
            if (
                ours.factors.credentials.count(sql, someone.id, PASSKEY)
                >= MOST_PASSKEYS
            ):
                return factors(409, {"": _FULL})

            made = ours.factors.passkeys.register(
                sql, someone, relying(), found.get("credential"), label, ours.now
            )
            _changed(sql, someone, True)
    except Wrong as e:
        message = f"A passkey was not taken when it was made: {e.reason}."
        note("passkey-refused", message, someone.id, Action.REFUSED)
        return _refused(422, "This passkey was not taken.")

    login.refresh(ours.now, PASSKEY)
    _added(someone, PASSKEY)
    return jsonify(next=url_for(_NEXT), id=made.id, label=label)


def _refused(status: int, why: str) -> Response:
    return shown("stopper/factors.html", status=status, errors={"": why})


def _key(
    someone: Person, secret: str, status: int = 200, errors: t.Any = None
) -> Response:
    """Show a key, as a picture and as text."""
    address = uri(secret, someone.address, issuer(service().house))
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return shown(
        "stopper/totp.html",
        status=status,
        errors=errors,
        data={"secret": secret, "uri": address},
        groups=groups,
        picture=picture(address),
    )


def picture(text: str) -> Markup:
    """Return a QR code as SVG, which needs neither a style nor a script."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(out.getvalue().decode())  # noqa: S704  # segno writes numbers alone


def _changed(sql: Session, someone: Person, done: bool) -> None:
    """Ask every other browser for the new factor."""
    if done:
        service().factors.forget_devices(sql, someone.id, login.series_of(session))


def _added(someone: Person, kind: str) -> None:
    what = f"{CALLED[kind]} added"
    note("factor-added", f"{what}.", someone.id)
    tell(someone, what)
    say(f"{what}.")


def register(blueprint: Blueprint) -> None:
    """Give the blueprint the pages on which a factor is added."""
    add = blueprint.add_url_rule
    add("/factors/totp", view_func=totp, methods=["POST"])
    add("/factors/totp/confirm", view_func=totp_confirm, methods=["POST"])
    add("/factors/passkey/options", view_func=passkey_options, methods=["POST"])
    add("/factors/passkey", view_func=passkey_add, methods=["POST"])
