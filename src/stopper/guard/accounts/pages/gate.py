"""Who may see a page of accounts, and how one that cannot be answered is."""

from __future__ import annotations

from flask import flash
from flask import redirect
from flask import request
from flask import url_for
from werkzeug.exceptions import HTTPException

from ...refusal import Refusal
from ...refusal import Refused
from .. import current
from ..people import Person
from .face import by_program

STRANGER = Refusal(
    name="not-logged-in",
    status=401,
    message="Somebody who is not logged in asked for a page of their account.",
    says="You are not logged in.",
)


def here() -> Person:
    """Return who is logged in; a browser of somebody else is led to the login.

    :raises HTTPException: If nobody is.
    """
    found = current.person()

    if found is not None:
        return found

    if by_program():
        raise Refused("accounts", STRANGER)

    asked = request.method in ("GET", "HEAD")
    target = request.script_root + request.path if asked else None
    login = redirect(url_for("stopper_accounts.login", next=target), 303)
    raise HTTPException(response=login)


def say(message: str) -> None:
    """Show a browser a message on the next page."""
    if not by_program():
        flash(message)
