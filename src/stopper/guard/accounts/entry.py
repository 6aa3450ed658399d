"""The one place where a login is completed, whatever factor came last."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from flask import jsonify
from flask import redirect
from flask import request
from flask import session
from werkzeug.wrappers import Response

from ...catalogue.event import Action
from ...controls.accounts import settings
from ...controls.accounts.control import ACCOUNTS
from ...controls.redirects.policy import leads_to
from ..refusal import Refusal
from ..refusal import Refused
from ..tables.database import DatabaseDown
from . import current
from . import login
from .pages.face import by_program
from .people import Person
from .refusals import DOWN
from .refusals import refuse
from .service import service

#: What is told to who logged in with a password that was changed meanwhile.
OVERTAKEN = Refusal(
    name="login-overtaken",
    status=403,
    message="The password was changed, or the account closed, while a login with the old "
    "one was under way.",
    says="The address or the password is wrong.",
)

#: Where a visitor was going who had to log in first.
NEXT = "_stopper_next"

#: Characters of an address that is kept to go on to.
LONGEST = 2000


def enter(
    person: Person, how: Sequence[str], remember: bool = False, fresh: bool = True
) -> Response:
    """Log a user in who has shown all that is asked of them.

    The session gets another id, the browser is known from here on, and the visitor is
    led to where they were going.

    :param person: As they were when they showed it: where the password is another one by
        the time the session is kept, it ends.
    :param how: What was shown: ``("password", "totp")``.
    :param remember: Whether the browser stays logged in.
    :param fresh: Whether all was shown that is asked of them; not where a second factor
        was spared because the browser is remembered.
    """
    ours, user = service(), person.id
    target = local_target(session.pop(NEXT, None))
    login.begin(user, ours.now, how, fresh)
    login.once_kept(functools.partial(_look_again, person))
    current.forget()
    ours.devices.entered(request, user)
    ours.devices.bound(user)

    if remember:
        ours.devices.remember(user, "login")

    ours.house.emit(
        ACCOUNTS.name,
        "login",
        Action.NOTED,
        "A user logged in.",
        user=user,
        how="+".join(how),
    )
    return onward(target, user=user)


def _look_again(person: Person) -> None:
    """Take a login back that was overtaken by another password.

    :raises Refused: If it was, or that cannot be told.
    """
    ours = service()

    try:
        with ours.database.reading() as sql:
            again = ours.people.by_id(sql, person.id)

        if again is not None and again.active and again.password == person.password:
            return

        ours.devices.forget(person.id, "login")
        ours.devices.forget(person.id, "mfa")
    except DatabaseDown as e:
        login.take_back(person.id)
        raise Refused(ACCOUNTS.name, DOWN) from e

    login.take_back(person.id)
    refuse(ours.house, OVERTAKEN)


def onward(target: str = "", **data: object) -> Response:
    """Lead a browser on, or tell a program where a browser would be led.

    :param target: An address of the app, empty for that of ``STOPPER_ACCOUNTS_AFTER``.
    """
    found = target or after()

    if by_program():
        return jsonify(next=found, **data)

    return redirect(found, 303)


def after() -> str:
    """Return where a browser goes that was not on its way to a page."""
    return request.script_root + settings.AFTER.read(service().house.config)


def local_target(address: object) -> str:
    """Return an address if it leads to a page of this very host, else nothing.

    Judged as a browser reads it, and only a path is taken: what the app allows its
    redirects beside is not for a login.
    """
    if not isinstance(address, str) or not 0 < len(address) <= LONGEST:
        return ""

    plain = address.startswith("/") and address.isprintable() and address.isascii()
    return address if plain and not leads_to(address) else ""
