"""Who may see a page of accounts, and how one that cannot be answered is."""

from __future__ import annotations

from flask import abort
from flask import flash
from flask import redirect
from flask import request
from flask import url_for
from werkzeug.exceptions import HTTPException

from ...mfa.again import lead
from ...refusal import Refusal
from ...refusal import Refused
from .. import current
from ..flows.asking import alone
from ..flows.proof import is_fresh
from ..people import Person
from ..service import service
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


def here_for_sure() -> Person:
    """Return who is logged in, at a page on which a way in is changed.

    Who has a second factor must have shown it a short while ago: the password that such
    a page asks for is what a stolen session most likely comes with (OWASP ASVS 5.0,
    7.5.1).

    :raises HTTPException: If nobody is, or they have to show it again.
    """
    person = here()

    if is_fresh():
        return person

    with service().database.reading() as sql:
        only = alone(sql, person.id)

    if not only:
        abort(
            lead("stopper_accounts.confirm", "Show again who you are", 401, "step_up")
        )

    return person


def say(message: str) -> None:
    """Show a browser a message on the next page."""
    if not by_program():
        flash(message)
