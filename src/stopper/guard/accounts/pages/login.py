"""The pages to log in and to log out."""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import Flask
from flask import redirect
from flask import request
from flask import session
from flask import url_for

from ....controls.accounts import settings
from ...mfa.party import party
from ...ratelimits.marks import Limiting
from .. import current
from .. import entry
from .. import login as logins
from ..flows.login import attempt
from ..flows.login import leave
from ..flows.login import State
from ..flows.login import Tried
from ..service import service
from .face import by_program
from .face import given
from .face import shown

_WRONG = "The address or the password is wrong."

_UNVERIFIED = (
    "The password is right, and your address is not verified yet. A link was sent to it: "
    "open the link in your mail, then log in."
)


def login() -> t.Any:
    """Show the form, or try to log in."""
    if request.method != "POST":
        target = entry.local_target(request.args.get("next"))
        known = current.person() is not None
        return entry.onward(target) if known else _page(target)

    sent = given()
    target = entry.local_target(sent.get("next"))
    address = sent.get("address", "")
    tried = attempt(address, sent.get("password", ""))

    if tried.state is State.WRONG:
        return _page(target, address, _WRONG, status=403)

    if tried.state is State.UNVERIFIED:
        data = {"next": "verify"}
        return _page(target, address, _UNVERIFIED, status=403, data=data)

    return _go_on(tried, target, bool(sent.get("remember")))


def _go_on(tried: Tried, target: str, remember: bool) -> t.Any:
    ours, person = service(), t.cast(t.Any, tried.person)

    if tried.state is State.SECOND and not ours.devices.trusted(request, person.id):
        logins.hold(person.id, person.password, ours.now, ("password",), remember)
        session[entry.NEXT] = target

        if by_program():
            return {"next": "second-factor", "factors": sorted(tried.factors)}

        return redirect(url_for("stopper_accounts.second"), 303)

    session[entry.NEXT] = target
    # A browser that is spared the second factor has shown less than is asked for.
    fresh = tried.state is State.RIGHT
    return entry.enter(person, ("password",), remember, fresh)


def _page(target: str, address: str = "", error: str = "", **options: t.Any) -> t.Any:
    return shown(
        "stopper/login.html",
        errors={"": error} if error else {},
        target=target,
        address=address,
        passkeys=party(service().house) is not None,
        registering=settings.REGISTER.read(service().house.config),
        **options,
    )


def logout() -> t.Any:
    """End the session, here and in the store."""
    leave()
    return entry.onward()


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the pages on the blueprint."""
    # The throttle counts finer than the limit that all logins have.
    view = Limiting().exempt(login)
    blueprint.add_url_rule("/login", view_func=view, methods=["GET", "POST"])
    blueprint.add_url_rule("/logout", view_func=logout, methods=["POST"])
