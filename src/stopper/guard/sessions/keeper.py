"""Opens and saves sessions: what is read when, what is written when, and under which id."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t

from flask import Request
from flask import Response
from flask.sessions import SecureCookieSessionInterface

from ...catalogue.event import Action
from ...controls.sessions import control
from ...controls.sessions.policy import rights_of
from ...controls.sessions.policy import user_of
from ..house import House
from ..passage import KEY
from ..passage import Passage
from ..refusal import Refusal
from ..refusal import Refused
from ..stores.base import Record
from ..stores.base import StoreDown
from .content import data_in
from .content import Facts
from .content import written
from .cookie import Cookie
from .cookie import hashed
from .merge import merged
from .session import new_key
from .session import Session

#: Seconds for which the old id still works after a periodic change: a browser has
#: several requests under way at once.
GRACE = 60.0

#: How often a write is tried again when another request was faster.
TRIES = 5

#: Seconds between two sweeps of what is past, in one process.
SWEEP = 600.0

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
        self.user_keys = control.SESSION_USER_KEYS.read(config)
        self._idle = float(control.SESSION_IDLE.read(config))
        self._lifetime = float(control.SESSION_LIFETIME.read(config))
        self._rotate = float(control.SESSION_ROTATE.read(config))
        # To write at every request would cost more than the whole rest.
        self._touch = min(60.0, self._idle / 10)
        self._takeover = control.takeover_ends(config)
        self._flask = SecureCookieSessionInterface()
        self._swept = house.clock()

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
            self.house.store_failed(e)
            raise Refused("sessions", DOWN) from e

        session.fill(trip.record)

        if trip.replayed:
            self.replayed()

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
            except StoreDown as e:
                self.house.store_failed(e)
                _instead(response, Refused("sessions", DOWN))

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
        if session.modified or session.renew:
            now = self.house.clock()
            self._write(session, now)
            self._sweep(now)
        elif session.record is not None:
            self._keep_alive(session, session.record, self.house.clock())

    def _sweep(self, now: float) -> None:
        if now - self._swept >= SWEEP:
            self._swept = now

            # What is past is past, swept or not; the session is written already.
            with contextlib.suppress(StoreDown):
                self.store.sweep(now)

    def _keep_alive(self, session: Session, record: Record, now: float) -> None:
        if now - session.issued >= self._rotate or session.moved:
            self._write(session, now)
        elif now - record.seen >= self._touch:
            self.store.touch(record.id, now, min(now + self._idle, record.ends))

    def _write(self, session: Session, now: float) -> None:
        for _ in range(TRIES):
            if self._wrote(session, now):
                return

            self._read_again(session, now)

        if self._left(session, now):
            return

        self.house.emit(
            "sessions",
            "session-not-saved",
            Action.FAILED,
            f"Other requests changed the session {TRIES} times while this one tried "
            "to; what it wrote is lost.",
        )

    def _left(self, session: Session, now: float) -> bool:
        """End the session of a user who left it, whatever others go on writing.

        Who has a copy of the cookie could hold up a logout by writing all the time.
        """
        record = session.record

        if record is None or record.user in ("", user_of(session.data, self.user_keys)):
            return False

        if not self.store.end(record.id):
            session.data.clear()

        session.forget()
        return self._wrote(session, now)

    def _wrote(self, session: Session, now: float) -> bool:
        # What cannot be read is forgotten by being asked for.
        data = session.data
        record = session.record

        if record is None:
            return self._create(session, data, now) if data else True

        if not data:
            self._end(session, record)
            return True

        before = rights_of(data_in(record.data), self.user_keys)

        if session.renew or before != rights_of(data, self.user_keys):
            return self._replace(session, record, data, now, fresh=True)

        facts = session.facts

        if now - facts.issued >= self._rotate:
            return self._replace(session, record, data, now, fresh=False)

        changed = self._record(record.id, record.created, record.ends, facts, data, now)
        done = self.store.put(changed, record.version)
        self._wrote_as(session, changed, record.version + 1, facts, done)
        return done

    def _create(self, session: Session, data: dict[str, t.Any], now: float) -> bool:
        facts = Facts.new(now, *session.client)
        key = new_key()
        record = self._record(hashed(key), now, now + self._lifetime, facts, data, now)
        done = self.store.put(record, None)
        self._wrote_as(session, record, 1, facts, done)
        self._hand_out(session, key, record, now)
        return done

    def _replace(
        self,
        session: Session,
        old: Record,
        data: dict[str, t.Any],
        now: float,
        fresh: bool,
    ) -> bool:
        """Write under a new id.

        :param fresh: Whether somebody logged in or out, or got other rights: the old id
            is dead at once, and so is the secret that tokens were made with.
        """
        before = session.facts
        facts = Facts.new(now, *session.client)
        created, ends, until = now, now + self._lifetime, 0.0

        if not fresh:
            facts.secret = before.secret
            created, ends, until = old.created, old.ends, now + GRACE

        key = new_key()
        record = self._record(hashed(key), created, ends, facts, data, now)

        if not self.store.replace(old.id, record, old.version, until, now):
            return False

        self._wrote_as(session, record, old.version + 1, facts, True)
        self._hand_out(session, key, record, now)
        return True

    def _record(
        self,
        id: bytes,
        created: float,
        ends: float,
        facts: Facts,
        data: dict[str, t.Any],
        now: float,
    ) -> Record:
        return Record(
            id=id,
            data=written(facts, data),
            user=user_of(data, self.user_keys),
            created=created,
            seen=now,
            ends=ends,
            expires=min(now + self._idle, ends),
        )

    def _wrote_as(
        self, session: Session, record: Record, version: int, facts: Facts, done: bool
    ) -> None:
        if done:
            session.record = dataclasses.replace(record, version=version)
            session.facts = facts

    def _hand_out(self, session: Session, key: str, record: Record, now: float) -> None:
        lasts = record.ends - now if session.permanent else None
        session.cookie = self.cookie.line(key, session.environ, lasts)

    def _end(self, session: Session, record: Record) -> None:
        self.store.end(record.id)
        session.forget()
        session.cookie = self.cookie.line("", session.environ, None)
        passage = session.environ.get(KEY)

        if isinstance(passage, Passage):
            passage.keep("sessions", "ended")

    def _read_again(self, session: Session, now: float) -> None:
        """Bring together what this request and another one wrote."""
        record = session.record

        # A new id that exists already is no id of ours: the next try makes another.
        if record is None:
            return

        mine, base = session.data, data_in(record.data)
        fresh = self.store.trip(record.id, (), now).record

        if fresh is None:
            # Ended meanwhile, as by a logout elsewhere. Only a login starts anew.
            if user_of(mine, self.user_keys) in ("", user_of(base, self.user_keys)):
                mine.clear()

            session.forget()
            return

        data, both = merged(base, mine, data_in(fresh.data))

        if both:
            self.house.emit(
                "sessions",
                "session-conflict",
                Action.NOTED,
                "Two requests wrote different things under one key of a session at "
                "the same time; the later one holds.",
                keys=" ".join(both)[:200],
            )

        moved = session.moved
        session.fill(fresh)
        session.take(data)
        session.moved = moved


def _vary(response: Response) -> None:
    # A loop, for to ask Werkzeug for what is not there costs an exception.
    for name, _ in response.headers:
        if name.lower() == "vary":
            response.vary.add("Cookie")
            return

    response.headers.add("Vary", "Cookie")


def _instead(response: Response, refused: Refused) -> None:
    """Make the answer another one, in place."""
    other = refused.get_response()
    response.status_code = refused.refusal.status
    response.set_data(other.get_data())
    response.headers["Content-Type"] = other.headers["Content-Type"]

    for name, value in refused.refusal.headers:
        response.headers[name] = value

    for name in ("Location", "Set-Cookie", "ETag", "Content-Encoding"):
        response.headers.pop(name, None)
