"""Logging in by a password, and logging out."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from flask import request

from ....catalogue.event import Action
from ....controls.accounts import settings
from ....controls.accounts.control import ACCOUNTS
from ...passwords.passwords import Answer
from .. import current
from .. import login
from ..people import Person
from ..service import service
from ..throttle import wrong_before
from .asking import found
from .asking import note
from .asking import SECOND
from .asking import verified
from .verify import send_again


class State(enum.Enum):
    """What came of a try to log in."""

    WRONG = "wrong"
    #: The password is right, and the address was not verified yet.
    UNVERIFIED = "unverified"
    #: The password is right, and another factor has to follow.
    SECOND = "second"
    RIGHT = "right"


class Tried(t.NamedTuple):
    """What came of a try to log in, and whose it was if the password is right."""

    state: State
    person: Person | None = None
    factors: frozenset[str] = frozenset()


WRONG = Tried(State.WRONG)

#: Wrong passwords after which a right one is worth a notice: nobody mistypes as often.
SEVERAL = 5


def attempt(address: str, password: str) -> Tried:
    """Try to log in: at most three statements, one hash, and one trip to the store.

    For an account that does not exist it is the same statement and the same hash as for
    a wrong password.

    :raises Refused: If it is one try too many, or what is needed is down or busy.
    """
    ours = service()

    with ours.database.reading() as sql:
        person = found(sql, address)

    known = ours.devices.known(request, person.id if person is not None else "")
    # Where the app knows one account by several addresses, they are counted as one.
    whose = person.address if person is not None else address
    ticket = ours.throttle.password(whose, known)
    answer = verified(person.password if person is not None else None, password)

    if person is None or not answer.right or not person.active:
        return _wrong(person)

    ours.throttle.right(ticket)
    wrong = wrong_before(ticket)

    if wrong >= SEVERAL:
        _warn(person, wrong)

    if not person.verified and settings.VERIFY.read(ours.house.config):
        send_again(person)
        return Tried(State.UNVERIFIED, person)

    return _right(person, answer)


def _right(person: Person, answer: Answer) -> Tried:
    ours = service()

    with ours.database.reading() as sql:
        factors = ours.factors.of(sql, person.id)

    # To hash took a while, in which the password may have been changed or the account
    # closed: that is looked at once the session is kept, see entry.enter.
    if answer.better is not None:
        person = _rehashed(person, answer.better)

    state = State.SECOND if factors & SECOND else State.RIGHT
    return Tried(state, person, factors)


def _rehashed(person: Person, better: str) -> Person:
    ours = service()

    with ours.database.writing() as sql:
        # Another request may be faster; then that one's is as good.
        done = ours.people.set_password(
            sql, person.id, person.password, better, ours.now
        )

    return dataclasses.replace(person, password=better) if done else person


def _warn(person: Person, wrong: int) -> None:
    """Tell a user of a right password after wrong ones (ASVS 5.0, 6.3.5); hourly."""
    ours = service()

    if ours.house.once(("login-after-failures", person.id, int(ours.now // 3600))):
        note(
            "login-after-failures",
            f"The password was right after {wrong} wrong ones.",
            person.id,
        )
        ours.mailer.send(
            person.address,
            "login-after-failures",
            wrong=wrong,
            reset=ours.links.address("reset"),
        )


def leave() -> None:
    """Log out: the session ends in the store, and the browser is not remembered."""
    ours = service()
    user = login.current()

    try:
        # Who began to log in as somebody else is nobody yet, in a browser that may still
        # be remembered.
        ours.devices.left(request, user.user if user is not None else "")
    finally:
        # Whatever fails there, who logs out is out.
        login.end()
        current.forget()

    if user is not None:
        note("logout", "A user logged out.", user.user)


def _wrong(person: Person | None) -> Tried:
    service().house.emit(
        ACCOUNTS.name,
        "login-failed",
        Action.REFUSED,
        "An address and a password do not go together.",
        user=person.id if person is not None else None,
    )
    return WRONG
