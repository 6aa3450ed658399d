"""Counts the passwords and codes that are tried at Flask-Security or Flask-Login."""

from __future__ import annotations

import dataclasses
import sys
import typing as t

from flask import Flask
from flask import g
from flask import Request
from flask import Response
from flask import session
from flask.typing import ResponseReturnValue

from ...catalogue.mode import MODE
from ...catalogue.mode import Mode
from ...controls.ratelimits.control import RATELIMITS
from ...controls.ratelimits.policy import SAFE
from ..accounts.refusals import too_many
from ..allowances import Ticket
from ..base import Guard
from ..base import Headers
from ..house import House
from ..passage import Passage
from . import passwords
from . import settings
from .browsers import Browsers
from .identities import identities
from .identities import Identity
from .identities import known_by
from .logins import Kind
from .logins import Logins
from .tries import Tries

#: Where a request keeps what was tried, and a session whom it waits for.
_KEPT, PENDING = "guests", "_stopper_tried"

#: When somebody showed who they are, and who waits for a second factor: Flask-Security's.
_SHOWN, _WAITS = "fs_paa", "tf_user_id"

#: Where a request keeps who logged in.
_ENTERED = "_stopper_entered"


@dataclasses.dataclass(slots=True)
class Tried:
    """What was tried in one request.

    :param ticket: What it took.
    :param shown: When the session said that somebody had shown who they are.
    :param waits: Whom it said to wait for a second factor.
    """

    ticket: Ticket
    who: tuple[Identity, ...]
    shown: object
    waits: object
    cookie: str = ""


class GuestsGuard(Guard):
    """Counts the passwords and codes that are tried at Flask-Security or Flask-Login.

    By account and by client, as our own accounts do, and before the view looks at them.
    What a right one took it gives back. It is in the mode of the rate limits.
    """

    control = RATELIMITS

    @classmethod
    def needed(cls, app: Flask) -> bool:
        """Say whether users log in with Flask-Login, as those of Flask-Security do."""
        return hasattr(app, "login_manager")

    @classmethod
    def stays(cls, house: House) -> bool:
        """Say whether something is left to it where nothing is counted."""
        return MODE.read(house.config) != Mode.OFF

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._counts = house.chosen(self.control) is not Mode.OFF
        self._logins = Logins(house.app)
        self._tries = Tries(house)
        self._browsers = Browsers(house)
        settings.tell(house)
        settings.mend(house)
        passwords.harden(house)

        entered = sys.modules["flask_login"].user_logged_in
        entered.connect(self._entered, sender=house.app)

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse a try that is one too many."""
        endpoint = request.endpoint

        if endpoint is None or request.method in SAFE or not self._counts:
            return None

        kind = self._logins.of(endpoint, request.method)

        if kind is None:
            return None

        who = () if kind in (Kind.CODE, Kind.OWN) else identities(request)

        # A form of another kind has no account to guess at.
        if kind is Kind.OTHER and not who:
            return None

        ticket, spent = self._tries.take(self._ticket(kind, passage, who))

        if spent is not None:
            self.refuse(too_many(spent.policy, spent.wait))

        shown, waits = session.get(_SHOWN), session.get(_WAITS)
        passage.keep(_KEPT, Tried(ticket, who, shown, waits))
        return None

    def _ticket(
        self, kind: Kind, passage: Passage, who: tuple[Identity, ...]
    ) -> Ticket:
        user = session.get(_WAITS if kind is Kind.CODE else "_user_id")

        if kind in (Kind.CODE, Kind.OWN) and user is not None:
            return self._tries.of_user(kind, str(user))

        return self._tries.named(kind, who, self._browsers.known(passage, who))

    def _entered(self, sender: object, user: object, **_: t.Any) -> None:
        setattr(g, _ENTERED, user)

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Give back what a right password took, and know the browser from here on."""
        tried: Tried | None = passage.held(_KEPT)

        if tried is None:
            return

        user = g.get(_ENTERED)
        waits = session.get(_WAITS)

        if user is not None or session.get(_SHOWN) != tried.shown:
            self._tries.right(tried.ticket)
        elif waits is not None and waits != tried.waits:
            # The password was right, and a code is to follow.
            self._tries.right(tried.ticket)

            if not self.reporting:
                session[PENDING] = self._browsers.digests(tried.who)

        if user is not None and not self.reporting:
            self._meet(passage, tried, user)

    def _meet(self, passage: Passage, tried: Tried, user: object) -> None:
        """Know the browser as one of the account that was named, and of no other.

        A field that nothing asks for may hold anybody's address.
        """
        named = {*self._browsers.digests(tried.who), *session.pop(PENDING, ())}
        mine = list(dict.fromkeys(known_by(user, self._attributes())))
        digests = self._browsers.digests(mine)
        own = [one for one, text in zip(mine, digests, strict=True) if text in named]

        if own:
            tried.cookie = self._browsers.met(passage, own)

    def _attributes(self) -> tuple[str, ...]:
        found = self.house.app.config.get("SECURITY_USER_IDENTITY_ATTRIBUTES") or ()
        return tuple(
            str(name) for one in found if isinstance(one, dict) for name in one
        )

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Put the cookie on the answer by which the browser is known."""
        tried: Tried | None = passage.held(_KEPT)

        if tried is not None and tried.cookie:
            headers.append(("Set-Cookie", tried.cookie))
