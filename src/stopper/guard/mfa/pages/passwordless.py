"""Logging in with a passkey alone, which nobody is told the existence of."""

from __future__ import annotations

from flask import Blueprint
from flask import jsonify
from flask import session
from werkzeug.wrappers import Response

from ....catalogue.event import Action
from ....controls.accounts.settings import VERIFY
from ...accounts import entry
from ...accounts.pages.face import shown
from ...accounts.people import Person
from ...accounts.service import service
from ...ratelimits.marks import Limiting
from ..credentials import PASSKEY
from ..passkeys import Wrong
from .asker import relying
from .asker import sent

#: Nobody guesses a passkey, and every look at the login page asks for the options: the
#: limit of logins would turn away an office behind one address.
_limit = Limiting()("120/minute", name="passkeys")


@_limit
def passkey_login_options() -> Response:
    """Say what a browser asks for a passkey with: the same for everybody."""
    return jsonify(service().factors.passkeys.request(None, "login", relying()))


@_limit
def passkey_login() -> Response:
    """Log in who showed a passkey.

    Whatever is wrong with it, the answer is the same.
    """
    ours, found = service(), sent()

    try:
        row = ours.factors.passkeys.check(
            ours.database, "login", relying(), found.get("credential")
        )

        with ours.database.reading() as sql:
            someone = ours.people.by_id(sql, row.user)

        if someone is None or not someone.active or _unverified(someone):
            raise Wrong("of an account that may not log in")
    except Wrong as e:
        ours.house.emit(
            "mfa",
            "passkey-refused",
            Action.REFUSED,
            "A passkey was not taken for a login.",
            why=e.reason,
        )
        errors = {"": "This passkey was not taken. Log in with your password."}
        return shown("stopper/login.html", status=403, errors=errors)

    session[entry.NEXT] = entry.local_target(found.get("next"))
    return entry.enter(someone, (PASSKEY,), found.get("remember") is True)


def _unverified(someone: Person) -> bool:
    """Say whether the password would log nobody in either.

    Where addresses were not verified before, somebody else may have opened the account.
    """
    return not someone.verified and VERIFY.read(service().house.config)


def register(blueprint: Blueprint) -> None:
    """Give the blueprint the login with a passkey."""
    add = blueprint.add_url_rule
    add(
        "/login/passkey/options",
        view_func=passkey_login_options,
        methods=["POST"],
    )
    add("/login/passkey", view_func=passkey_login, methods=["POST"])
