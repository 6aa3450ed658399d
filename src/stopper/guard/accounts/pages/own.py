"""The pages of who is logged in: the overview, the password, the end of the account."""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import Flask
from flask import request
from flask import session

from .. import current
from .. import entry
from ..flows import close as closing
from ..flows import reset as flow
from ..flows.asking import alone
from ..flows.asking import complaints
from ..flows.proof import proven
from ..people import Person
from ..service import service
from .face import done
from .face import given
from .face import shown
from .gate import here
from .gate import here_for_sure
from .gate import say

WRONG = "This is not your password."
STALE = "Log in again first: it is a while since you did."


def home() -> t.Any:
    """Show the account."""
    person = here()
    facts = {"address": person.address, "name": person.name}
    return shown("stopper/home.html", data=facts, has_password=bool(person.password))


def password() -> t.Any:
    """Show the form, or set another password."""
    person = here_for_sure()

    with service().database.reading() as sql:
        only = alone(sql, person.id)

    page: dict[str, t.Any] = {
        "has_password": person.password is not None,
        "address": person.address,
        "shortest": service().passwords.shortest(alone=only),
    }

    if request.method != "POST":
        return shown("stopper/password.html", **page)

    sent = given()
    new = sent.get("password", "")

    if errors := wrong_proof(person, sent, "current") or _wrong_new(person, new, only):
        return shown("stopper/password.html", status=422, errors=errors, **page)

    if not flow.change(person, new):
        errors = {"": "Your password was changed by another request meanwhile."}
        return shown("stopper/password.html", status=409, errors=errors, **page)

    current.forget()
    renew()
    say("Your password is changed, and every other browser was logged out.")
    return done("stopper_accounts.home", next="home")


def wrong_proof(person: Person, sent: dict[str, str], name: str) -> dict[str, str]:
    """Return what is wrong with the password that was typed again."""
    if proven(person, sent.get(name, "")):
        return {}

    return {"": STALE} if person.password is None else {name: WRONG}


def _wrong_new(person: Person, new: str, only: bool) -> dict[str, str]:
    wrong = complaints(new, person, alone=only)
    return {"password": " ".join(c.says for c in wrong)} if wrong else {}


def renew() -> None:
    """Give the session another id: what was changed is a way in.

    It stays, also where what kept the browser logged in until now has just ended.
    """
    t.cast(t.Any, session).renew = True
    t.cast(t.Any, session).kept = None


def close() -> t.Any:
    """Show the form, or close the account."""
    person = here_for_sure()
    page: dict[str, t.Any] = {"has_password": person.password is not None}

    if request.method != "POST":
        return shown("stopper/close.html", **page)

    if errors := wrong_proof(person, given(), "password"):
        return shown("stopper/close.html", status=422, errors=errors, **page)

    closing.close(person)
    session.clear()
    current.forget()
    return entry.onward()


def register(blueprint: Blueprint, app: Flask) -> None:
    """Lay the pages on the blueprint."""
    blueprint.add_url_rule("/", view_func=home, methods=["GET"])
    blueprint.add_url_rule("/password", view_func=password, methods=["GET", "POST"])
    blueprint.add_url_rule("/close", view_func=close, methods=["GET", "POST"])
