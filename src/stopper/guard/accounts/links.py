"""Links that work once: to verify an address, to reset a password, to take a change back."""

from __future__ import annotations

import dataclasses
import functools
import hmac
import secrets
import typing as t

from flask import has_request_context
from flask import request
from flask import url_for
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update
from sqlalchemy.orm import Session

from ...catalogue.error import StartError
from ...controls.accounts import settings
from ...controls.accounts.policy import address_key
from ...controls.general import local
from ..house import House
from ..keys import keyed
from ..tables.mixins import TokenMixin
from .people import Person

#: Shows that an address belongs to who opened the account.
VERIFY = "verify"

#: Leads to a new password.
RESET = "reset"

#: Shows that a new address belongs to the user.
ADDRESS = "address"

#: Takes the change of an address back; it goes to the old one.
STOP = "stop"

#: In the place of a link, for an address that nobody has: as much is written for it.
NOBODY = Person(id="", address="")

#: Bytes of a token. Nobody guesses one, so a plain hash of it is enough in the table.
LENGTH = 32


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """A link that was found, and is good now.

    :param data: What it is to change something into: an address.
    :param made: When it was; of several that take back the same change, the first one.
    """

    hash: bytes
    user: str
    data: str
    bound: bytes
    made: float


class Links:
    """The links of one app.

    A link is bound to its purpose and to the password and the address of when it was
    made: when one of them changes it is dead, whatever the table says.

    :param table: The ready-made one, or one of the app's own with the same columns.
    """

    def __init__(self, house: House, table: type[TokenMixin]) -> None:
        self._house = house
        self._table = table
        reset = settings.RESET_LIFETIME.read(house.config)
        verify = settings.VERIFY_LIFETIME.read(house.config)
        self._lifetimes = {RESET: reset, VERIFY: verify, ADDRESS: verify, STOP: verify}

    @functools.cached_property
    def _keys(self) -> tuple[bytes, ...]:
        return self._house.keys.of("accounts.links")

    def lifetime(self, purpose: str) -> int:
        """Return the seconds for which a link is good."""
        return self._lifetimes[purpose]

    def make(self, sql: Session, person: Person, purpose: str, data: str = "") -> str:
        """Make a link, which voids older ones of its purpose, and return its token.

        For :data:`NOBODY` as much is done, and nothing comes of it.
        """
        table, now = self._table, self._house.clock()
        token = secrets.token_urlsafe(LENGTH)
        older = [table.user == person.id, table.purpose == purpose]
        since = now

        # Who changes the address a second time must not void what the first owner has,
        # nor have it count from later on.
        if purpose == STOP:
            older.append(table.data == data)
            first = sql.scalar(select(func.min(table.created_at)).where(*older))
            since = now if first is None else min(now, first)

        sql.execute(delete(table).where(*older))
        made = table()
        made.hash, made.user, made.purpose = _hash(token), person.id, purpose
        made.bound, made.data = _bound(self._keys[0], person, purpose, data), data
        made.created_at, made.used_at = since, None
        made.expires_at = now + self._lifetimes[purpose]
        sql.add(made)
        sql.flush()
        return token

    def find(self, sql: Session, token: str, purpose: str) -> Link | None:
        """Return the link of a token, ``None`` if it is none that is good.

        It stays as it is: programs look at links in mails before people do.
        """
        table = self._table
        found = sql.execute(
            select(
                *(table.hash, table.user, table.data, table.bound, table.created_at)
            ).where(
                table.hash == _hash(token),
                table.purpose == purpose,
                table.user != NOBODY.id,
                table.used_at.is_(None),
                table.expires_at > self._house.clock(),
            )
        ).first()
        return Link(*found) if found is not None else None

    def good(self, link: Link, person: Person, purpose: str) -> bool:
        """Say whether what a link is bound to is still as it was."""
        bounds = [_bound(key, person, purpose, link.data) for key in self._keys]
        same = [hmac.compare_digest(link.bound, bound) for bound in bounds]
        return link.user == person.id and any(same)

    def use(self, sql: Session, link: Link) -> bool:
        """Use a link, and say whether this was the first time: two cannot both be."""
        table = self._table
        now = self._house.clock()
        done = sql.execute(
            update(table)
            .where(
                table.hash == link.hash,
                table.used_at.is_(None),
                table.expires_at > now,
            )
            .values(used_at=now)
        )
        return bool(t.cast(t.Any, done).rowcount)

    def void(self, sql: Session, user: str, *purposes: str) -> None:
        """Void the links of a user, but for those that take a change back.

        :param purposes: Those that are voided; none for all of them.
        """
        table = self._table
        chosen = purposes or (VERIFY, RESET, ADDRESS)
        sql.execute(delete(table).where(table.user == user, table.purpose.in_(chosen)))

    def void_stops(self, sql: Session, link: Link) -> None:
        """Void the links that take back what came after this one.

        Those of earlier owners stay: somebody who changed the address twice has one of
        their own, and must not void the others with it.
        """
        table = self._table
        sql.execute(
            delete(table).where(
                table.user == link.user,
                table.purpose == STOP,
                table.created_at >= link.made,
            )
        )

    def address(self, endpoint: str, **values: t.Any) -> str:
        """Return the whole address of a page of accounts, for a mail.

        It is built from ``STOPPER_ORIGIN``, never from the ``Host`` of the request.

        :raises StartError: If none is set, and this is no developer's machine.
        """
        name = f"stopper_accounts.{endpoint}"

        if has_request_context():
            # A page that is posted to has another address, and this may be such a
            # request.
            return f"{self._origin()}{url_for(name, _method='GET', **values)}"

        # A command: Flask would ask for a SERVER_NAME.
        app = self._house.app
        root = str(app.config["APPLICATION_ROOT"])
        known = app.url_map.bind("localhost", script_name=root)
        return f"{self._origin()}{known.build(name, values, method='GET')}"

    def _origin(self) -> str:
        house = self._house

        if house.origins.main:
            return house.origins.main

        look_at_origin(house)

        if not has_request_context():
            return "http://localhost"

        # On a developer's machine, and there for the names of that very machine alone.
        named = local(request.host)
        return request.host_url.rstrip("/") if named else "http://localhost"


def look_at_origin(house: House) -> None:
    """Refuse to start where nobody said where the links of mails lead to.

    :raises StartError: If no origin is set, and this is no developer's machine.
    """
    if house.origins.main or house.relaxed:
        return

    raise StartError(
        "Accounts send links by mail, and nothing says where the app is reached: set "
        "STOPPER_ORIGIN to 'https://…'. The Host header of a request is not believed."
    )


def _hash(token: str) -> bytes:
    return keyed(b"stopper.link", token.encode("utf-8", "replace"))


def _bound(key: bytes, person: Person, purpose: str, data: str) -> bytes:
    facts = [purpose, person.id, data]

    # Who changed the password or the address must not keep the old owner from taking
    # the change back.
    if purpose != STOP:
        facts += [person.password or "", address_key(person.address)]

    return keyed(key, "\0".join(facts).encode("utf-8", "replace"))
