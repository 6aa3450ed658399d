"""Forgets what is past in the tables of accounts, a little at a time and behind requests."""

from __future__ import annotations

import functools
import random
import threading
import typing as t

from sqlalchemy import ColumnElement
from sqlalchemy import delete
from sqlalchemy import or_
from sqlalchemy import Select
from sqlalchemy import select

from ...catalogue.event import Action
from ...controls.accounts import settings
from ...controls.accounts.control import ACCOUNTS
from .history import CLOSED
from .history import History
from .history import LOGIN
from .history import NEW
from .history import REGISTERED
from .parts import Parts
from .people import OurPeople
from .removal import remove

#: Seconds between two rounds, in one process.
EVERY = 3600.0

#: How many rows of a table go in one transaction: others wait for no longer.
BATCH = 200

#: Seconds for which a key is kept that is not valid any more, so that its owner still
#: sees it on the page.
KEPT = 90 * 86_400.0

DAY = 86_400.0


class Housekeeping:
    """Forgets what is past.

    A round is one task after another in the queue of the history, each of which takes
    one lot of rows: what has to be written down meanwhile comes between. Two processes
    that do it at once take other rows, or find none.
    """

    def __init__(self, parts: Parts, history: History) -> None:
        self._parts = parts
        self._history = history
        self._lock = threading.Lock()
        config = parts.house.config
        # Who may log in without one has an address that nobody ever verifies.
        asked = settings.VERIFY.read(config)
        self._days = settings.UNVERIFIED_DAYS.read(config) if asked else 0
        # A server may start its processes anew before one is as old as that, and all
        # of them at once.
        early = random.uniform(0, EVERY)  # noqa: S311  # nobody guesses it
        self._next = parts.now + (0.0 if parts.house.app.testing else early / 10)

    def soon(self) -> None:
        """Begin a round, if it is time. Nobody waits for it."""
        with self._lock:
            now = self._parts.now

            # A clock that was set back must not stop it.
            if now < self._next <= now + EVERY:
                return

            self._next = now + EVERY

        self._later(0)

    def _later(self, step: int) -> None:
        run = functools.partial(self._step, step)
        self._history.later(f"housekeeping-{step}", run)

    def _step(self, step: int) -> None:
        """Take one lot of rows, and go on with the next, or with the next table."""
        steps = (self._links, self._devices, self._keys, self._unverified)
        step += steps[step]() < BATCH

        if step < len(steps):
            self._later(step)

    def _links(self) -> int:
        table = self._parts.tables.token
        return self._take(table, table.hash, table.expires_at <= self._parts.now)

    def _devices(self) -> int:
        table = self._parts.tables.device
        return self._take(table, table.id, table.ends_at <= self._parts.now)

    def _keys(self) -> int:
        table, since = self._parts.tables.apikey, self._parts.now - KEPT
        dead = or_(table.expires_at <= since, table.revoked_at <= since)
        return self._take(table, table.id, dead)

    def _take(self, table: type, key: t.Any, past: ColumnElement[bool]) -> int:
        # To look for them keeps no other writer waiting.
        with self._parts.database.reading() as sql:
            lot = sql.scalars(select(key).where(past).limit(BATCH)).all()

        if lot:
            with self._parts.database.writing() as sql:
                sql.execute(delete(table).where(key.in_(lot), past))

        return len(lot)

    def _unverified(self) -> int:
        """Free the addresses with which somebody opened an account and never verified.

        Never a user whom the app brought with it, nor one who was logged in: only what
        was opened here, by everybody or by an operator.
        """
        parts = self._parts

        if not self._days or not isinstance(parts.people, OurPeople):
            return 0

        asked = self._squatters(parts.people)

        with parts.database.reading() as sql:
            found = sql.scalars(asked).all()

        if not found:
            return 0

        with parts.database.writing() as sql:
            # Who verifies it right now is not taken, or finds no account any more.
            held = asked.with_for_update(skip_locked=True, of=parts.people.table)
            lot = sql.scalars(held).all()

            for user in lot:
                remove(sql, parts.people, parts.tables, user)

        for user in lot:
            parts.house.emit(
                ACCOUNTS.name,
                CLOSED,
                Action.NOTED,
                "An account was removed whose address nobody verified.",
                user=user,
                why="unverified",
            )

        return len(lot)

    def _squatters(self, people: OurPeople) -> Select[t.Any]:
        user, event = people.table, self._parts.tables.event
        mine = select(event.id).where(event.user == user.id)
        opened = mine.where(event.name == REGISTERED).exists()
        came = mine.where(event.name.in_((LOGIN, NEW))).exists()
        return (
            select(user.id)
            .where(
                user.verified_at.is_(None),
                user.active.is_(True),
                user.created_at <= self._parts.now - self._days * DAY,
                *(opened, ~came),
            )
            .limit(BATCH)
        )
