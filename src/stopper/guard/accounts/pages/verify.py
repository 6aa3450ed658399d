"""The pages to verify an address."""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import Flask
from flask import request

from ....controls.accounts.policy import complain_of_address
from ...ratelimits.marks import Limiting
from ..flows import verify as flow
from ..flows.asking import complaints
from ..service import service
from .face import done
from .face import given
from .face import shown
from .gate import say
from .links import dead
from .links import lay


def verify() -> t.Any:
    """Show the form that asks for another link, or send one."""
    return ask("stopper/verify.html", "verify", flow.ask)


def ask(template: str, what: str, send: t.Callable[[str], None]) -> t.Any:
    """Show a form that asks for an address, or have a link sent to it."""
    if request.method != "POST":
        return shown(template, address="")

    address = given().get("address", "").strip()

    if complaint := complain_of_address(address):
        errors = {"address": f"This address {complaint}."}
        return shown(template, status=422, errors=errors, address=address)

    send(address)
    return shown("stopper/sent.html", data={"next": what}, what=what)


def verify_link(token: str = "") -> t.Any:
    """Show the button, or verify the address."""
    sent = given() if request.method == "POST" else {}
    token = sent.get("token", token)
    found = flow.look(token)

    if found is None:
        return dead("verify")

    link, person = found
    own = flow.is_typed_here(person)
    page: dict[str, t.Any] = {
        "token": token,
        "own": own,
        "address": person.address,
        # Nobody chose a password yet: an operator made the account.
        "invited": person.password is None,
    }
    page["shortest"] = service().passwords.shortest(alone=True)

    if request.method != "POST":
        return shown("stopper/verify_link.html", data={"password": not own}, **page)

    password = None if own else sent.get("password", "")
    wrong = complaints(password, person) if password is not None else ()

    if wrong:
        errors = {"password": " ".join(c.says for c in wrong)}
        return shown("stopper/verify_link.html", status=422, errors=errors, **page)

    if not flow.finish(link, person, password):
        return dead("verify")

    say("Your address is verified. You can log in now.")
    return done("stopper_accounts.login", next="login")


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the pages on the blueprint."""
    view = Limiting().exempt(verify)
    blueprint.add_url_rule("/verify", view_func=view, methods=["GET", "POST"])
    lay(blueprint, "/verify", verify_link)
