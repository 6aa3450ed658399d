"""The page to open an account."""

from __future__ import annotations

import typing as t

from flask import abort
from flask import Blueprint
from flask import Flask
from flask import request

from ....controls.accounts import settings
from ....controls.accounts.policy import complain_of_address
from ...ratelimits.marks import Limiting
from ..flows.asking import complaints
from ..flows.register import register as open_account
from ..service import service
from .face import given
from .face import shown

#: Characters of a name.
LONGEST = 200


def opening() -> t.Any:
    """Show the form, or open an account."""
    if not settings.REGISTER.read(service().house.config):
        abort(404)

    shortest = service().passwords.shortest(alone=True)

    if request.method != "POST":
        return shown("stopper/register.html", address="", name="", shortest=shortest)

    sent = given()
    address, name = sent.get("address", "").strip(), sent.get("name", "").strip()
    password = sent.get("password", "")
    errors = _errors(address, name, password)

    if errors:
        return shown(
            "stopper/register.html",
            status=422,
            errors=errors,
            address=address,
            name=name,
            shortest=shortest,
        )

    open_account(address, password, name)
    return shown("stopper/sent.html", data={"next": "verify"}, what="verify")


def _errors(address: str, name: str, password: str) -> dict[str, str]:
    found: dict[str, str] = {}

    if complaint := complain_of_address(address):
        found["address"] = f"This address {complaint}."

    if len(name) > LONGEST or not (name.isprintable() or not name):
        found["name"] = f"A name has at most {LONGEST} characters, on one line."

    if wrong := complaints(password, None, address, name):
        found["password"] = " ".join(c.says for c in wrong)

    return found


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the page on the blueprint."""
    # The throttle counts what is sent by address and by client.
    blueprint.add_url_rule(
        "/register",
        endpoint="register",
        view_func=Limiting().exempt(opening),
        methods=["GET", "POST"],
    )
