"""Opening an account: the same for an address that has one already."""

from __future__ import annotations

from ..links import NOBODY
from ..links import VERIFY
from ..people import Person
from ..people import Taken
from ..service import service
from .asking import found
from .asking import hashed
from .asking import note
from .verify import send
from .verify import typed_here

#: What registrations are counted as, apart from links that are asked for again.
WHAT = "register"


def register(address: str, password: str, name: str) -> None:
    """Open an account, and send the link that verifies its address.

    Where the address has a verified account, its owner is told; where it has one that
    nobody verified, the link is sent again. The statements and the hash are the same.

    :raises Refused: If this client opened too many, or what is needed is down or busy.
    """
    ours = service()
    wanted = ours.throttle.mail(address, WHAT)
    stored = hashed(password)

    with ours.database.writing() as sql:
        try:
            made: Person | None = ours.people.add(sql, address, stored, name, ours.now)
        except Taken:
            made = None

        person = found(sql, address)
        real = wanted and person is not None and person.active and not person.verified
        token = ours.links.make(sql, person if person and real else NOBODY, VERIFY)

    ours.housekeeping.soon()
    typed_here(stored)
    _tell(person or NOBODY, address, token, wanted)

    if made is not None:
        note("registered", "Somebody opened an account.", made.id)


def _tell(person: Person, address: str, token: str, wanted: bool) -> None:
    ours = service()
    to = person.address or address

    if not person.verified:
        send(to, token, wanted and person.active)
        return

    deliver = ours.mailer.send if wanted and person.active else ours.mailer.nothing
    deliver(
        to,
        "taken",
        login=ours.links.address("login"),
        reset=ours.links.address("reset"),
    )
