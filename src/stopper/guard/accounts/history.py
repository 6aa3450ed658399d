"""What happened to an account, as its owner may read it."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable

from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.orm import Session

from ...catalogue.event import Action
from ...catalogue.event import Event
from ..tables.database import DatabaseDown
from .parts import Parts
from .places import here
from .places import link_to
from .queue import Queue
from .tasks import Later
from .tasks import Task

#: How many are kept of each user, the newest ones.
MOST = 200

#: Logins, from a browser that was known and from another one.
LOGIN, NEW = "login", "login-new"

#: The account was opened, by everybody or by an operator.
REGISTERED = "registered"

#: A user changed their password, logged in.
CHANGED = "password-changed"

#: What says that a user wants no browser known any more.
FORGOTTEN = "devices-forgotten"

#: With these, every browser is a new one again.
ENDS = (CHANGED, "password-reset", FORGOTTEN)

#: The end of the account, and of what is known of it.
CLOSED = "account-closed"

#: What is written down, and how it is said to the user. By the names of the events.
SAYS = {
    LOGIN: "Logged in",
    NEW: "Logged in from a new browser",
    "login-after-failures": "The password was right after several wrong ones",
    "logout": "Logged out",
    REGISTERED: "The account was opened",
    "address-verified": "The address was verified",
    "address-asked": "Another address was asked for",
    "address-changed": "The address was changed",
    "address-stopped": "A change of the address was taken back",
    CHANGED: "The password was changed",
    "password-reset": "A new password was set by a link",
    "factor-added": "A way to log in was added",
    "factor-removed": "A way to log in was removed",
    "factors-reset": "An operator took all second factors away",
    "second-factor-failed": "The password was right, and the second factor was wrong",
    "code-replayed": "A code was used a second time",
    "passkey-copied": "A passkey was refused, for there may be a copy of it",
    "step-up-failed": "Somebody logged in did not show again who they are",
    "recovery-codes-made": "New recovery codes were made",
    "recovery-code-used": "A recovery code was used",
    "key-made": "An API key was made",
    "key-rotated": "An API key was replaced",
    "key-revoked": "An API key was revoked",
    "keys-revoked": "All API keys were revoked",
    "session-revoked": "A session was ended",
    "session-crowded-out": "The oldest session was ended, for there were too many",
    "sessions-revoked": "All other sessions were ended",
    "device-revoked": "A browser is not remembered any more",
    "remember-replayed": "An old copy of what keeps a browser logged in was used",
    "account-deactivated": "The account was switched off",
    "account-activated": "The account was switched on again",
    "sessions-ended": "An operator ended all sessions",
    "reset-sent": "An operator had a link to a new password sent",
    FORGOTTEN: "All browsers were forgotten",
}

_CONTROLS = frozenset({"accounts", "mfa", "apikeys", "passwords"})


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to an account.

    :param name: Of the event: ``"password-changed"``.
    :param says: The same in words.
    :param at: When, in seconds since 1970.
    :param place: The address that it came from.
    :param device: The browser, in words of ours.
    """

    name: str
    says: str
    at: float
    place: str
    device: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Seen:
    """A login.

    :param known: When the browser logged in before, ``None`` if it did not.
    :param reset: Where a new password is set, for the notice.
    """

    user: str
    at: float
    place: str
    device: str
    known: float | None
    reset: str


class History:
    """What happened to the accounts of an app, as their owners may read it.

    It is written down by a thread of its own, so that no request waits for it. Under
    tests there is none, and it is written down when somebody looks.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._table = parts.tables.event
        self.queue = Queue(self._told, threaded=not parts.house.app.testing)

    def heard(self, happened: Event) -> None:
        """Write an event down that :func:`writes_down` takes."""
        user, name = str(happened.details["user"]), happened.name

        if name == CLOSED:
            self.later(name, functools.partial(self._closed, user))
        else:
            self.note(user, name)

    def note(self, user: str, name: str) -> None:
        """Write down that something happened to an account, of this request."""
        device, place = here()
        at = self._parts.now
        self.later(name, functools.partial(self._write, user, name, at, place, device))

    def entered(self, user: str, known: float | None) -> None:
        """Write a login down, and tell the user of one from a browser that is new.

        :param known: When this browser logged in before, ``None`` if it did not.
        """
        device, place = here()
        reset = link_to(self._parts.house, "reset")
        seen = _Seen(user, self._parts.now, place, device, known, reset)
        self.later(LOGIN, functools.partial(self._login, seen))

    def of(self, user: str) -> list[Entry]:
        """Return what happened to an account, the newest first.

        :raises DatabaseDown: If the database cannot be reached.
        """
        table = self._table
        self.settle()

        with self._parts.database.reading() as sql:
            rows = sql.scalars(
                select(table)
                .where(table.user == user)
                .order_by(table.at.desc(), table.id.desc())
                .limit(MOST)
            )
            return [
                Entry(row.name, SAYS.get(row.name, row.name), *_facts(row))
                for row in rows
            ]

    def settle(self, seconds: float = 5.0) -> None:
        """Write down what waits to be, where no thread does; for tests."""
        if self._parts.house.app.testing:
            self.queue.flush(seconds)

    def later(self, name: str, run: Callable[[], object]) -> None:
        """Have something done in the database that no request waits for."""
        task = Task(name, functools.partial(_patient, run), time.monotonic())

        if not self.queue.put(task):
            self._told("dropped", task, "the queue is full")

    def _told(self, what: str, task: Task, reason: str) -> None:
        self._parts.house.emit(
            "accounts",
            f"history-{what}",
            Action.FAILED,
            "What happened to an account could not be written down.",
            what=task.name,
            why=reason,
        )

    def _write(self, user: str, name: str, at: float, place: str, device: str) -> None:
        with self._parts.database.writing() as sql:
            self._add(sql, user, name, at, place, device)

    def _login(self, seen: _Seen) -> None:
        parts = self._parts

        with parts.database.writing() as sql:
            before, forgotten = self._before(sql, seen.user)
            new = seen.known is None or seen.known < forgotten
            name = NEW if new and before else LOGIN
            self._add(sql, seen.user, name, seen.at, seen.place, seen.device)
            person = parts.people.by_id(sql, seen.user) if name == NEW else None

        if person is not None:
            parts.mailer.send(
                person.address,
                "new-device",
                browser=seen.device,
                place=seen.place or "unknown",
                reset=seen.reset,
            )

    def _before(self, sql: Session, user: str) -> tuple[bool, float]:
        """Return whether a user logged in before, and when all browsers were forgotten."""
        table = self._table
        rows = sql.execute(
            select(table.name, func.max(table.at).label("at"))
            .where(table.user == user, table.name.in_((LOGIN, NEW, *ENDS)))
            .group_by(table.name)
        )
        found = {row.name: row.at for row in rows}
        forgotten = max((found.get(name, 0.0) for name in ENDS), default=0.0)
        return bool(found.keys() & {LOGIN, NEW}), forgotten

    def _add(
        self, sql: Session, user: str, name: str, at: float, place: str, device: str
    ) -> None:
        row = self._table()
        row.user, row.name, row.at = user, name, at
        row.place, row.device = place, device
        sql.add(row)
        sql.flush()
        self._trim(sql, user)

    def _trim(self, sql: Session, user: str) -> None:
        """Forget the oldest, but not since when all browsers are forgotten."""
        table = self._table
        last = sql.scalar(
            select(table.id)
            .where(table.user == user)
            .order_by(table.id.desc())
            .offset(MOST)
            .limit(1)
        )

        if last is None:
            return

        kept = (
            select(func.max(table.id))
            .where(table.user == user, table.name.in_(ENDS))
            .scalar_subquery()
        )
        newest = sql.scalar(select(kept)) or 0
        sql.execute(
            delete(table).where(
                table.user == user, table.id <= last, table.id != newest
            )
        )

    def _closed(self, user: str) -> None:
        with self._parts.database.writing() as sql:
            sql.execute(delete(self._table).where(self._table.user == user))


def writes_down(happened: Event) -> bool:
    """Say whether an event is one that the user of an account reads.

    Logins are not: :meth:`History.entered` knows more of them.
    """
    return (
        happened.control in _CONTROLS
        and isinstance(happened.details.get("user"), str)
        and (happened.name in SAYS or happened.name == CLOSED)
        and happened.name not in (LOGIN, NEW)
    )


def _facts(row: object) -> tuple[float, str, str]:
    return row.at, row.place, row.device  # type: ignore[attr-defined]


def _patient(run: Callable[[], object]) -> None:
    try:
        run()
    except DatabaseDown as e:
        raise Later(type(e).__name__) from e
