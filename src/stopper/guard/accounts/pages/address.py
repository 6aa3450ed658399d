"""The pages to another address, and to take a change of it back."""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import Flask
from flask import request

from ....controls.accounts.policy import address_key
from ....controls.accounts.policy import complain_of_address
from .. import current
from ..flows import address as flow
from ..flows.verify import look_for
from ..links import ADDRESS
from ..links import STOP
from ..people import Person
from .face import done
from .face import given
from .face import shown
from .gate import here_for_sure
from .gate import say
from .links import dead
from .links import lay
from .own import renew
from .own import wrong_proof


def address() -> t.Any:
    """Show the form, or send a link to the new address."""
    person = here_for_sure()
    page: dict[str, t.Any] = {
        "current": person.address,
        "has_password": person.password is not None,
    }

    if request.method != "POST":
        return shown("stopper/address.html", address="", **page)

    sent = given()
    new = sent.get("address", "").strip()

    if errors := _wrong(person, new) or wrong_proof(person, sent, "password"):
        return shown(
            "stopper/address.html", status=422, errors=errors, address=new, **page
        )

    flow.ask(person, new)
    return shown("stopper/sent.html", data={"next": "address"}, what="address")


def _wrong(person: Person, new: str) -> dict[str, str]:
    if complaint := complain_of_address(new):
        return {"address": f"This address {complaint}."}

    if address_key(new) == address_key(person.address):
        return {"address": "This is your address already."}

    return {}


def address_link(token: str = "") -> t.Any:
    """Show the button, or change the address of who is logged in."""
    sent = given() if request.method == "POST" else {}
    token = sent.get("token", token)
    found = look_for(token, ADDRESS)

    if found is None:
        return dead("address")

    link, person = found
    user = current.person()
    page: dict[str, t.Any] = {"token": token, "address": link.data}

    # The address may have been mistyped: who reads that mail must not get the account.
    if user is None or user.id != person.id:
        says = "Log in to your account in this browser, then open the link again."
        return shown("stopper/dead.html", status=403, errors={"": says}, again="login")

    if request.method != "POST":
        return shown("stopper/address_link.html", **page)

    if not flow.finish(link, person):
        return dead("address")

    current.forget()
    renew()
    say("Your address is changed.")
    return done("stopper_accounts.home", next="home")


def address_stop(token: str = "") -> t.Any:
    """Show the button, or take the change of an address back."""
    sent = given() if request.method == "POST" else {}
    token = sent.get("token", token)
    found = look_for(token, STOP)

    if found is None:
        return dead("reset")

    link, person = found

    if request.method != "POST":
        return shown("stopper/address_stop.html", token=token, address=link.data)

    if not flow.stop(link, person):
        return dead("reset")

    return shown("stopper/sent.html", data={"next": "reset"}, what="reset")


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the pages on the blueprint."""
    blueprint.add_url_rule("/address", view_func=address, methods=["GET", "POST"])
    lay(blueprint, "/address/new", address_link)
    lay(blueprint, "/address/stop", address_stop)
