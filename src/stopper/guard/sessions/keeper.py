"""Opens and saves sessions: what is read when, what is written when, and under which id."""

from __future__ import annotations

from flask import Request
from flask import Response
from flask.sessions import SecureCookieSessionInterface

from ...catalogue.event import Action
from ...controls.sessions import control
from ..house import House
from ..passage import KEY
from ..passage import Passage
from ..refusal import Refusal
from ..refusal import Refused
from ..stores.base import Record
from ..stores.base import StoreDown
from ..stores.base import Trip
from .content import marks
from .cookie import Cookie
from .cookie import hashed
from .session import Session
from .writer import Writer

#: What a visitor is told when the store is down.
DOWN = Refusal(
    name="store-down",
    status=503,
    message="The store of STOPPER_STORE cannot be reached, so a session cannot be read.",
    says="This site cannot look up your session just now. Try again in a few seconds.",
    headers=(("Retry-After", "5"),),
)


class Keeper:
    """Opens and saves the sessions of one app.

    :raises StopperError: If the settings are wrong, or the store cannot be used.
    """

    def __init__(self, house: House) -> None:
        config = house.config
        self.house = house
        self.store = house.store
        self.cookie = Cookie(house.app, house.relaxed)
        found = _marks(house)
        self._beginnings = tuple([f"{mark}|" for mark in found])
        self._writer = Writer(house, self.cookie, found[0])
        # To write at every request would cost more than the whole rest.
        self._touch = min(60.0, self._writer.idle / 10)
        self._takeover = control.takeover_ends(config)
        self._flask = SecureCookieSessionInterface()

    def open(self, request: Request) -> Session:
        """Return the session of a request, which reads the store when it has to."""
        environ = request.environ
        key = self.cookie.read(environ)

        if key:
            session = Session(environ, key, hashed(key), self._read)
        else:
            session = Session(environ)

        if not key and self._takeover and "HTTP_COOKIE" in environ:
            self._take_over(session, request)

        passage = environ.get(KEY)

        if isinstance(passage, Passage):
            passage.session = session
            session.walked = True

        return session

    def _take_over(self, session: Session, request: Request) -> None:
        if self.house.clock() >= self._takeover:
            return

        old = self._flask.open_session(self.house.app, request)

        if old:
            session.take(dict(old))
            session.renew = True

    def _read(self, session: Session) -> None:
        """Read a session outside of the request's trip."""
        try:
            trip = self.store.trip(session.hashed, (), self.house.clock())
        except StoreDown as e:
            session.lose()
            self.house.store_failed(e)
            raise Refused("sessions", DOWN) from e

        self.fill(session, trip)

    def fill(self, session: Session, trip: Trip) -> None:
        """Fill a session with what a trip brought."""
        record = trip.record
        session.fill(record if record is not None and self.ours(record) else None)

        if trip.replayed:
            self.replayed()

    def ours(self, record: Record) -> bool:
        """Say whether this app made a session, and not another one in the same store."""
        return record.data.startswith(self._beginnings)

    def replayed(self) -> None:
        """Say that somebody came with an id that was replaced, and who is logged out."""
        self.house.emit(
            "sessions",
            "session-replayed",
            Action.REFUSED,
            "A cookie came that had been replaced by a newer one. One of the two is a "
            "copy, so the session was ended.",
        )

    def save(self, session: Session, response: Response) -> None:
        """Keep what was written, and put the cookie on the answer."""
        if session.accessed:
            _vary(response)

        if not session.saved:
            session.saved = True

            try:
                self._save(session)

                if session.kept is not None:
                    session.kept()
            except StoreDown as e:
                self.house.store_failed(e)
                _instead(response, session, Refused("sessions", DOWN))
            except Refused as e:
                _instead(response, session, e)

        if session.cookie:
            response.headers.add("Set-Cookie", session.cookie)

            if self._takeover:
                self._drop_old(session.cookie, session, response)

    def _drop_old(self, line: str, session: Session, response: Response) -> None:
        """Have the browser forget Flask's cookie: left there, it would log in again."""
        app = self.house.app
        name = self._flask.get_cookie_name(app)
        brought = f"{name}=" in session.environ.get("HTTP_COOKIE", "")

        if brought and not line.startswith(f"{name}="):
            response.delete_cookie(
                name,
                path=self._flask.get_cookie_path(app),
                secure=bool(app.config["SESSION_COOKIE_SECURE"]),
                httponly=True,
                samesite=self._flask.get_cookie_samesite(app),
            )

    def _save(self, session: Session) -> None:
        # What is written while an error is shown is not the visitor's session.
        if session.lost:
            return

        if session.modified or session.renew:
            now = self.house.clock()
            self._writer.write(session, now)
            self.house.upkeep.after_write(self.store, now)
        elif session.record is not None:
            self._keep_alive(session, session.record, self.house.clock())

    def _keep_alive(self, session: Session, record: Record, now: float) -> None:
        try:
            if now - session.issued >= self._writer.rotate or session.moved:
                self._writer.write(session, now)
            elif now - record.seen >= self._touch:
                expires = min(now + self._writer.idle, record.ends)
                self.store.touch(record.id, now, expires)
        except StoreDown as e:
            # The app wrote nothing, so nothing of it is lost; the next request tries.
            self.house.store_failed(e)


def _marks(house: House) -> tuple[str, ...]:
    """Return how the app's sessions begin, with the newest key first.

    :raises SettingError: If the app's keys are none.
    """
    # Nothing of a session is signed, so that an app may do without a key.
    return marks(house.keys.of("sessions") if house.app.secret_key else (b"",))


def _vary(response: Response) -> None:
    # A loop, for to ask Werkzeug for what is not there costs an exception.
    for name, _ in response.headers:
        if name.lower() == "vary":
            response.vary.add("Cookie")
            return

    response.headers.add("Vary", "Cookie")


def _instead(response: Response, session: Session, refused: Refused) -> None:
    """Make the answer another one, in place."""
    other = refused.get_response(session.environ)
    response.status_code = refused.refusal.status
    response.set_data(other.get_data())

    for name in ("Location", "Set-Cookie", "ETag", "Content-Encoding"):
        response.headers.pop(name, None)

    for name, value in other.headers:
        if name not in ("Vary", "Content-Length"):
            response.headers[name] = value

    response.vary.add("Accept")
