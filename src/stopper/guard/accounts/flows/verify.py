"""Showing that an address belongs to who opened the account with it."""

from __future__ import annotations

from flask import session

from ...keys import keyed
from ..links import Link
from ..links import NOBODY
from ..links import VERIFY
from ..people import Person
from ..service import service
from .asking import end_sessions
from .asking import forget_credentials
from .asking import found
from .asking import hashed
from .asking import note

#: Says of this browser's session which password was typed in it to register.
REGISTERED = "_stopper_registered"


def typed_here(hash: str) -> None:
    """Note that a password was typed in this session, whether or not it was taken."""
    session[REGISTERED] = _digest(hash)


def is_typed_here(person: Person) -> bool:
    """Say whether the account's password was typed in this very session."""
    mark = session.get(REGISTERED)
    return person.password is not None and mark == _digest(person.password)


def _digest(hash: str) -> str:
    return keyed(b"stopper.registered", hash.encode()).hex()


def ask(address: str) -> None:
    """Send the link again to who has not used it; for all others do as much.

    :raises Refused: If this client asked for too many mails.
    """
    ours = service()
    wanted = ours.throttle.mail(address, VERIFY)

    with ours.database.writing() as sql:
        person = found(sql, address)
        real = wanted and person is not None and person.active and not person.verified
        token = ours.links.make(sql, person if person and real else NOBODY, VERIFY)

    ours.housekeeping.soon()
    send(person.address if person and real else address, token, bool(real))


def send_again(person: Person) -> None:
    """Send the link to who logged in before the address was verified.

    :raises Refused: If this client asked for too many mails.
    """
    ours = service()

    if not ours.throttle.mail(person.address, VERIFY):
        return

    with ours.database.writing() as sql:
        token = ours.links.make(sql, person, VERIFY)

    send(person.address, token, True)


def send(address: str, token: str, real: bool) -> None:
    """Send a link that verifies an address, or only do the work of it."""
    ours = service()
    deliver = ours.mailer.send if real else ours.mailer.nothing
    link = ours.links.address("verify_link", token=token)
    deliver(
        address, VERIFY, link=link, hours=max(1, ours.links.lifetime(VERIFY) // 3600)
    )


def look(token: str) -> tuple[Link, Person] | None:
    """Return a link that is good, and whose it is; it stays as it is."""
    return look_for(token, VERIFY)


def look_for(token: str, purpose: str) -> tuple[Link, Person] | None:
    """Return a link of a purpose that is good, and whose it is."""
    ours = service()

    with ours.database.reading() as sql:
        link = ours.links.find(sql, token, purpose)
        person = ours.people.by_id(sql, link.user) if link is not None else None

    if link is None or person is None or not person.active:
        return None

    return (link, person) if ours.links.good(link, person, purpose) else None


def finish(link: Link, person: Person, password: str | None) -> bool:
    """Verify an address, and say whether this request was the one that did.

    Whoever opened the account may be somebody else than who reads its mail. So the
    password stays only where it was typed in the same session; otherwise it is replaced,
    and all that was set up with it goes.

    :param password: The new one, ``None`` where the old one was typed here.
    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours, now = service(), service().now
    new = None if password is None else hashed(password)

    with ours.database.writing() as sql:
        # The user's row comes first wherever there are several, so that no two requests
        # wait for each other.
        if new is not None:
            if not ours.people.set_password(sql, person.id, person.password, new, now):
                return False

            forget_credentials(sql, person.id)

        ours.people.set_verified(sql, person.id, now)

        if not ours.links.use(sql, link):
            sql.rollback()
            return False

        if new is not None:
            end_sessions(person.id)

        ours.links.void(sql, person.id)

    if new is not None:
        # A login with the old password may have been under way.
        end_sessions(person.id)

    session.pop(REGISTERED, None)
    note("address-verified", "A user verified their address.", person.id)
    return True
