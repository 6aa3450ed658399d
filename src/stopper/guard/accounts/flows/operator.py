"""What an operator does for a user. None of it has a password: the user chooses it."""

from __future__ import annotations

from collections.abc import Iterable

from ..links import RESET
from ..links import VERIFY
from ..people import Person
from ..service import service
from . import reset
from .asking import end_sessions
from .asking import note


def invite(
    address: str, name: str = "", roles: Iterable[str] = (), verified: bool = False
) -> Person:
    """Make an account without a password, and mail a link to choose one.

    The link is that which verifies an address: it is good for as long, and whoever uses
    it has shown that the address is theirs.

    :param verified: Whether it was shown already, in whatever way.
    :raises Taken: If somebody has the address.
    """
    ours = service()

    with ours.database.writing() as sql:
        made = ours.people.add(sql, address, None, name, ours.now)

        if verified:
            ours.people.set_verified(sql, made.id, ours.now)

        for role in roles:
            ours.access.grant(sql, made.id, role)

        token = ours.links.make(sql, made, VERIFY)

    link = ours.links.address("verify_link", token=token)
    hours = max(1, ours.links.lifetime(VERIFY) // 3600)
    reset_page = ours.links.address("reset")
    ours.mailer.send(made.address, "invited", link=link, hours=hours, reset=reset_page)
    note("registered", "An operator opened an account.", made.id)
    return made


def send_reset(person: Person) -> None:
    """Mail a link to a new password, as whoever forgot theirs can ask for.

    The password stays what it is until the link is used (OWASP ASVS 5.0, 6.4.6).
    """
    ours = service()

    with ours.database.writing() as sql:
        token = ours.links.make(sql, person, RESET)

    reset.send(person.address, token)
    note("reset-sent", "An operator had a link to a new password sent.", person.id)


def end_everything(person: Person) -> tuple[int, int]:
    """End every session of a user, and remember none of their browsers.

    :return: How many sessions there were, and how many browsers.
    :raises Refused: If the store is down.
    """
    ours = service()
    # First what would begin new ones.
    browsers = ours.devices.forget(person.id)
    sessions = end_sessions(person.id)
    note("sessions-ended", "An operator ended all sessions of a user.", person.id)
    return sessions, browsers
