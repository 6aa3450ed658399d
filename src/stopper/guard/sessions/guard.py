"""Keeps sessions on the server, under an id that is worth little once it is old."""

from __future__ import annotations

from flask import Request
from flask.typing import ResponseReturnValue

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.sessions.control import SESSIONS
from ...controls.sessions.policy import weak
from ...controls.sessions.policy import WEAKNESSES
from ..base import Guard
from ..guests import cookies
from ..guests import remember
from ..guests import uniquifier
from ..headers.caching import is_static
from ..house import House
from ..identity import network
from ..passage import Passage
from .interface import Interface
from .keeper import DOWN
from .keeper import Keeper
from .session import Session

#: The settings of Flask's own cookie, of those that the policy knows.
_OWN = tuple(key for key in WEAKNESSES if key.startswith("SESSION_"))


class SessionsGuard(Guard):
    """Keeps sessions on the server, under an id that is worth little once it is old.

    In report mode Flask's own sessions stay as they are: another cookie would log
    everybody out. So they do where another extension keeps sessions.
    """

    control = SESSIONS

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._static: dict[str | None, bool] = {}
        interface = house.app.session_interface
        cookies.harden(self)
        keeps = isinstance(interface, Interface) and not self._report

        if not (keeps and remember.harden(self)):
            cookies.watch(self)

        if not isinstance(interface, Interface):
            self._stand_back(interface)
        elif self._report:
            self._would_replace()
        else:
            interface.keeper = self._keeper()
            uniquifier.harden(self)
            self._fill = interface.keeper.fill

    def _keeper(self) -> Keeper:
        house = self.house
        keeper = Keeper(house)

        if house.several and not house.store.shared and not house.relaxed:
            raise StartError(
                "STOPPER_STORE keeps sessions in memory, and several processes serve "
                "the app: each would know other sessions. Leave it out for a SQLite "
                "file, or name a Redis or PostgreSQL."
            )

        return keeper

    def _stand_back(self, interface: object) -> None:
        kind = type(interface)
        self.house.emit(
            "sessions",
            "other-extension",
            Action.NOTED,
            f"{kind.__module__}.{kind.__qualname__} keeps the sessions, so Stopper "
            "does not.",
        )

    def _would_replace(self) -> None:
        config = self.house.app.config
        bad = [WEAKNESSES[key] for key in _OWN if weak(key, config.get(key))]
        self.house.emit(
            "sessions",
            "session-cookie-weak",
            # Nothing of a request's: it stands in nobody's way to `enforce`.
            Action.NOTED,
            "Sessions are Flask's own: a cookie that still works after logout"
            + "".join(f"; {fault}" for fault in bad)
            + ". Enforced, they are kept on the server.",
        )

    def plan(self, passage: Passage, request: Request) -> None:
        """Ask for the session, if the request brings one and may need it."""
        session = passage.session

        if session is None or session.loaded or passage.health:
            return

        if not self._is_static(request.endpoint):
            passage.session_id = session.hashed or None

    def _is_static(self, endpoint: str | None) -> bool:
        found = self._static.get(endpoint)

        if found is None:
            found = endpoint is not None and is_static(self.house.app, endpoint)
            self._static[endpoint] = found

        return found

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Fill the session with what the trip brought."""
        session = passage.session

        if session is None or passage.session_id is None:
            return None

        if passage.store_down:
            self.refuse(DOWN)

        trip = passage.trip

        if trip is not None and not session.loaded:
            self._fill(session, trip)

        if session.record is not None and not session.stays:
            self._watch(session)

        return None

    def _watch(self, session: Session) -> None:
        """Note that a session came from another device or network than before."""
        facts = session.facts
        device, place = session.client

        if facts.device == device and facts.place == place:
            return

        if facts.device != device:
            self._moved("session-device-changed", "another browser")

        if facts.place != place and network(facts.place) != network(place):
            self._moved("session-place-changed", "another network")

        facts.device, facts.place = device, place
        session.moved = True

    def _moved(self, name: str, where: str) -> None:
        self.house.emit(
            "sessions",
            name,
            Action.NOTED,
            f"A session is used from {where} than before.",
        )
