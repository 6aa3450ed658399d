"""Changing the address of an account, and taking the change back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ....controls.accounts import settings
from ..links import ADDRESS
from ..links import Link
from ..links import RESET
from ..links import STOP
from ..people import Person
from ..people import Taken
from ..removal import remove
from ..service import service
from . import reset
from .asking import end_other_sessions
from .asking import end_sessions
from .asking import forget_devices
from .asking import forget_made_since
from .asking import found
from .asking import note


def ask(person: Person, address: str) -> None:
    """Send a link to the new address, and to the old one a link that stops it.

    Where somebody has the new address, they are told so; who asks does not learn it.

    :raises Refused: If this client asked for too many mails, or what is needed is down.
    """
    ours = service()
    wanted = ours.throttle.mail(address, ADDRESS)

    with ours.database.writing() as sql:
        owner = found(sql, address)
        token = ours.links.make(sql, person, ADDRESS, address)
        stop = ours.links.make(sql, person, STOP, person.address)

    hours = max(1, ours.links.lifetime(ADDRESS) // 3600)
    ours.mailer.send(
        person.address,
        "address-asked",
        link=ours.links.address("address_stop", token=stop),
        hours=hours,
    )
    note("address-asked", "A user asked for another address.", person.id)

    if not wanted:
        return

    if owner is not None and owner.id != person.id and not _squats(owner):
        ours.mailer.send(
            owner.address,
            "taken",
            login=ours.links.address("login"),
            reset=ours.links.address("reset"),
        )
        return

    link = ours.links.address("address_link", token=token)
    ours.mailer.send(address, "address", link=link, hours=hours)


def finish(link: Link, person: Person) -> bool:
    """Give a user the new address, and say whether this request was the one that did.

    Every other session and all remembered browsers end: the address is a way in.

    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours = service()

    with ours.database.writing() as sql:
        if not (_taken_over(sql, person, link.data) and ours.links.use(sql, link)):
            sql.rollback()
            return False

        forget_devices(sql, person.id)
        ours.links.void(sql, person.id, RESET, ADDRESS)
        end_other_sessions(person.id)

    end_other_sessions(person.id)
    ours.mailer.send(person.address, "address-changed")
    note("address-changed", "A user got another address.", person.id)
    return True


def stop(link: Link, person: Person) -> bool:
    """Take the change of an address back, made or not; say whether it could be.

    Whoever asked for it was logged in and knew the password: sessions, remembered
    browsers and the password go, with the factors and API keys that were made since, of
    which nobody told the old address; and a link to a new password is sent to it.

    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours, now = service(), service().now

    with ours.database.writing() as sql:
        if not (_taken_over(sql, person, link.data) and ours.links.use(sql, link)):
            sql.rollback()
            return False

        ours.people.set_password(sql, person.id, person.password, None, now)
        forget_devices(sql, person.id)
        forget_made_since(sql, person.id, link.made)
        ours.links.void(sql, person.id)
        ours.links.void_stops(sql, link)
        again = ours.people.by_id(sql, person.id)
        token = ours.links.make(sql, again or person, RESET)
        end_sessions(person.id)

    end_sessions(person.id)
    reset.send(link.data, token)
    note("address-stopped", "A change of address was taken back.", person.id)
    return True


def _taken_over(sql: Session, person: Person, address: str) -> bool:
    """Give a user an address that was shown to be theirs; say whether it could be.

    An account that somebody opened with it, who never could verify it nor log in, gives
    way: else whoever opens one first could keep the owner out of their own address.
    """
    ours = service()
    people, now = ours.people, ours.now

    try:
        people.set_address(sql, person.id, address, now)
    except Taken:
        owner = found(sql, address)

        if owner is None or not _squats(owner):
            return False

        remove(sql, people, ours.tables, owner.id)
        people.set_address(sql, person.id, address, now)

    return True


def _squats(owner: Person) -> bool:
    return not owner.verified and settings.VERIFY.read(service().house.config)
