"""The pages to a new password for who does not know the old one."""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import Flask
from flask import request

from ...ratelimits.marks import Limiting
from ..flows import reset as flow
from ..flows.asking import alone
from ..flows.asking import complaints
from ..flows.verify import look_for
from ..links import RESET
from ..mail.letter import plain
from ..service import service
from .face import done
from .face import given
from .face import shown
from .gate import say
from .links import dead
from .links import lay
from .verify import ask


def reset() -> t.Any:
    """Show the form that asks for a link, or send one."""
    return ask("stopper/reset.html", "reset", flow.ask)


def reset_link(token: str = "") -> t.Any:
    """Show the form for the new password, or set it."""
    sent = given() if request.method == "POST" else {}
    token = sent.get("token", token)
    found = look_for(token, RESET)

    if found is None:
        return dead("reset")

    link, person = found
    page: dict[str, t.Any] = {"token": token, "address": person.address}

    with service().database.reading() as sql:
        only = alone(sql, person.id)

    page["shortest"] = service().passwords.shortest(alone=only)

    if request.method != "POST":
        return shown("stopper/reset_link.html", **page)

    password = sent.get("password", "")

    if wrong := complaints(password, person, alone=only):
        errors = {"password": " ".join(c.says for c in wrong)}
        return shown("stopper/reset_link.html", status=422, errors=errors, **page)

    keys = flow.finish(link, person, password)

    if keys is None:
        return dead("reset")

    service().devices.met(request, person.id)
    say(_set(keys))
    return done(
        "stopper_accounts.login", next="login", keys=[plain(key) for key in keys]
    )


def _set(keys: tuple[str, ...]) -> str:
    text = "Your new password is set, and every browser was logged out. Log in with it."

    if not keys:
        return text

    named = ", ".join(plain(key) for key in keys)
    return (
        f"{text} Then revoke the API keys that you do not know, for they go on to work: "
        f"{named}."
    )


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the pages on the blueprint."""
    view = Limiting().exempt(reset)
    blueprint.add_url_rule("/reset", view_func=view, methods=["GET", "POST"])
    lay(blueprint, "/reset", reset_link)
