"""Setting a new password with a link that was mailed, and one's own password."""

from __future__ import annotations

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..links import Link
from ..links import NOBODY
from ..links import RESET
from ..mail.letter import plain
from ..people import Person
from ..service import service
from .asking import end_other_sessions
from .asking import end_sessions
from .asking import forget_credentials
from .asking import forget_devices
from .asking import found
from .asking import hashed
from .asking import note


def ask(address: str) -> None:
    """Send a link to a new password; for an address that nobody has do as much.

    :raises Refused: If this client asked for too many mails, or what is needed is down.
    """
    ours = service()

    with ours.database.reading() as sql:
        asked = found(sql, address)

    known = ours.devices.known(request, asked.id if asked is not None else "")
    wanted = ours.throttle.mail(address, RESET, known)

    with ours.database.writing() as sql:
        person = found(sql, address)
        real = wanted and person is not None and person.active
        token = ours.links.make(sql, person if person and real else NOBODY, RESET)

    ours.housekeeping.soon()
    send(person.address if person and real else address, token, bool(real))


def send(address: str, token: str, real: bool = True) -> None:
    """Send a link to a new password, or only do the work of it."""
    ours = service()
    deliver = ours.mailer.send if real else ours.mailer.nothing
    link = ours.links.address("reset_link", token=token)
    deliver(address, RESET, link=link, minutes=max(1, ours.links.lifetime(RESET) // 60))


def finish(link: Link, person: Person, password: str) -> tuple[str, ...] | None:
    """Set the password of who came by a link; nobody is logged in by it.

    Every session and remembered browser of the user ends. A second factor stays and is
    asked for at the next login; where the address was never verified it goes, for
    somebody else may have set it up.

    :return: What the user's API keys are called, which go on to work; ``None`` if the
        link was used, or the password changed, meanwhile.
    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours, now = service(), service().now
    new = hashed(password)

    with ours.database.writing() as sql:
        # The user's row first, as everywhere: see verify.finish.
        if not ours.people.set_password(sql, person.id, person.password, new, now):
            return None

        if not ours.links.use(sql, link):
            sql.rollback()
            return None

        if person.verified:
            forget_devices(sql, person.id)
        else:
            forget_credentials(sql, person.id)
            ours.people.set_verified(sql, person.id, now)

        ours.links.void(sql, person.id)
        keys = keys_of(sql, person.id)
        end_sessions(person.id)

    # A login with the old password may have been under way.
    end_sessions(person.id)
    tell(person, keys)
    note("password-reset", "A user set a password by a link.", person.id)
    return keys


def change(person: Person, password: str) -> bool:
    """Set the password of who is logged in, and say whether it was still the old one.

    Every other session and all remembered browsers end.

    :raises Refused: If the store is down, and then nothing has changed.
    """
    ours, now = service(), service().now
    new = hashed(password)

    with ours.database.writing() as sql:
        if not ours.people.set_password(sql, person.id, person.password, new, now):
            return False

        forget_devices(sql, person.id)
        ours.links.void(sql, person.id)
        keys = keys_of(sql, person.id)
        end_other_sessions(person.id)

    end_other_sessions(person.id)
    tell(person, keys)
    note("password-changed", "A user changed their password.", person.id)
    return True


def keys_of(sql: Session, user: str) -> tuple[str, ...]:
    """Return what the API keys of a user are called that work now."""
    table, now = service().tables.apikey, service().now
    asked = select(table.label, table.id).where(
        table.user == user, table.revoked_at.is_(None), table.expires_at > now
    )
    return tuple(label or key for label, key in sql.execute(asked))


def tell(person: Person, keys: tuple[str, ...]) -> None:
    """Tell a user that their password is another one."""
    ours = service()
    ours.mailer.send(
        person.address,
        "password-changed",
        reset=ours.links.address("reset"),
        page=ours.links.address("keys"),
        # Whoever had the password may have given them their names.
        keys=tuple(plain(key) for key in keys),
    )
