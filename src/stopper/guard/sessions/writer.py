"""Writes sessions: what is new, what another request wrote meanwhile, and what ends."""

from __future__ import annotations

import dataclasses
import typing as t

from ...catalogue.event import Action
from ...controls.sessions import control
from ...controls.sessions.policy import PERMANENT
from ...controls.sessions.policy import renewed
from ...controls.sessions.policy import user_of
from ..house import House
from ..passage import KEY
from ..passage import Passage
from ..stores.base import Record
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


class Writer:
    """Writes the sessions of one app, each under the id that it has to have now.

    :param mark: How a session begins that begins now.
    :raises SettingError: If a setting takes no such value.
    """

    def __init__(self, house: House, cookie: Cookie, mark: str) -> None:
        config = house.config
        self.house = house
        self.store = house.store
        self._mark = mark
        self.cookie = cookie
        self.user_keys = control.SESSION_USER_KEYS.read(config)
        #: Seconds after which a session ends that nobody uses.
        self.idle = float(control.SESSION_IDLE.read(config))
        #: Seconds after which an id is replaced.
        self.rotate = float(control.SESSION_ROTATE.read(config))
        self._lifetime = float(control.SESSION_LIFETIME.read(config))

    def write(self, session: Session, now: float) -> None:
        """Write a session, and bring it together with what others wrote meanwhile.

        :raises StoreDown: If the store cannot be reached.
        """
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
        empty = not data or data.keys() == {PERMANENT}

        if record is None:
            return empty or self._create(session, data, now)

        if empty:
            self._end(session, record)
            return True

        before = data_in(record.data)

        if session.renew or renewed(before, data, self.user_keys):
            return self._replace(session, record, data, now, fresh=True)

        facts = session.facts

        if now - facts.issued >= self.rotate:
            return self._replace(session, record, data, now, fresh=False)

        changed = self._record(record.id, record.created, record.ends, facts, data, now)
        done = self.store.put(changed, record.version)
        self._wrote_as(session, changed, record.version + 1, facts, done)
        return done

    def _create(self, session: Session, data: dict[str, t.Any], now: float) -> bool:
        facts = Facts.new(now, *session.client, self._mark)
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
        facts = Facts.new(now, *session.client, self._mark)
        created, ends, until = now, now + self._lifetime, 0.0

        if not fresh:
            facts.secret, facts.mark = before.secret, before.mark
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
            expires=min(now + self.idle, ends),
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
        # As of then: an id that was replaced since this request came is no replay,
        # however long the request took.
        fresh = self.store.trip(record.id, (), min(record.seen, now)).record

        if fresh is None or now >= fresh.expires:
            was, now_is = (user_of(data, self.user_keys) for data in (base, mine))

            # It may have got another id, and who left it has left that one too.
            if was and was != now_is:
                self.store.end(record.id)

            # Ended meanwhile, as by a logout elsewhere. Only a login starts anew.
            if now_is in ("", was):
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
