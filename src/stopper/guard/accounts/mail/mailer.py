"""Sends the mail of accounts, and keeps no request waiting for it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
import typing as t
import weakref
from collections.abc import Callable
from collections.abc import Iterator
from email.message import EmailMessage

from ....catalogue.event import Action
from ....controls.accounts.policy import complain_of_address
from ....controls.accounts.settings import MAIL_FROM
from ...house import House
from ..moments import moment
from .job import Deliver
from .job import Job
from .job import Later
from .job import Never
from .letter import Letters
from .outbox import MOST
from .outbox import Outbox
from .server import server_of
from .smtp import Smtp

#: A function of an app that sends a mail.
Function = Callable[[EmailMessage], object]

_SAYS = {
    "mail-dropped": f"A mail was dropped, for {MOST} are waiting to be sent.",
    "mail-delayed": "A mail could not be sent, and is tried again.",
    "mail-failed": "A mail could not be sent, and was given up.",
}

_MAILERS: weakref.WeakSet[Mailer] = weakref.WeakSet()


class Mailer:
    """Sends the mail of accounts, by a thread of its own in each process.

    Every template has ``site``, ``origin`` and ``time``, which is now, beside what it
    is given.

    :param given: A function of the app that sends, instead of ``STOPPER_MAIL_URL``.
        An :exc:`OSError` of it is taken for a failure that may pass.
    :raises StartError: If there is nothing to send with.
    """

    def __init__(self, house: House, given: Function | None = None) -> None:
        self._house = house
        self._deliver = deliver_by(house, given)
        origin = house.origins.main or "http://localhost"
        host = origin.partition("://")[2].partition(":")[0]
        sender = MAIL_FROM.read(house.config) or f"no-reply@{host}"
        self._letters = Letters(house.app, sender, origin)
        self._collected: list[EmailMessage] | None = None
        self.outbox = self._empty()
        _MAILERS.add(self)

    def _empty(self) -> Outbox:
        return Outbox(self._work, self._told)

    def send(self, to: str, name: str, **context: t.Any) -> None:
        """Have a mail written and sent, some time soon.

        Nothing of it reaches the request: what goes wrong is an event.

        :param to: The address, as it stands with the account and not as it was typed.
        :param name: Of the template ``stopper/mail/NAME.txt``: ``"verify"``.
        :param context: What the template shows: links that are ready, times, names.
        """
        self._take(self._job(to, name, context, True))

    def nothing(self, to: str, name: str, **context: t.Any) -> None:
        """Do all that :meth:`send` does, and send nothing.

        For an address that nobody has: that there is no mail must not show in time.
        """
        self._take(self._job(to, name, context, False))

    def _job(self, to: str, name: str, context: dict[str, t.Any], real: bool) -> Job:
        values = {"time": moment(self._house.clock()), **context}
        return Job(to, name, values, real, time.monotonic())

    def _take(self, job: Job) -> None:
        if self._collected is not None:
            self._write(job)

            if job.real and job.message is not None:
                self._collected.append(job.message)
        elif not self.outbox.put(job) and job.real:
            self._told("mail-dropped", job, "the queue is full")

    def _write(self, job: Job) -> None:
        if complain_of_address(job.to):
            raise Never("the address is none")

        if job.message is None:
            with self._house.app.app_context():
                job.message = self._letters.write(job.to, job.name, job.context)

    def _work(self, job: Job) -> None:
        self._write(job)

        if job.real and job.message is not None:
            self._deliver(job.message)

    def _told(self, name: str, job: Job, reason: str) -> None:
        self._house.emit(
            "accounts", name, Action.FAILED, _SAYS[name], template=job.name, why=reason
        )

    @contextlib.contextmanager
    def collecting(self) -> Iterator[list[EmailMessage]]:
        """Collect what would be sent, each mail written at once; for tests."""
        before, found = self._collected, list[EmailMessage]()
        self._collected = found

        try:
            yield found
        finally:
            self._collected = before

    def after_fork(self) -> None:
        """Begin anew: the thread, and what waits for it, are those of the parent."""
        self.outbox = self._empty()


def deliver_by(house: House, given: Function | None) -> Deliver:
    """Return what hands mail on.

    :raises StartError: If the settings name nothing that does.
    """
    if given is not None:
        return _patient(given)

    server = server_of(house.config, house.relaxed)
    return _print if server is None else Smtp(server)


def _patient(given: Function) -> Deliver:
    def deliver(message: EmailMessage) -> None:
        try:
            given(message)
        except OSError as e:
            raise Later(type(e).__name__, all=False) from e

    return deliver


def _print(message: EmailMessage) -> None:
    """Show a mail to the developer."""
    text = message.get_content()
    head = f"To: {message['To']}\nSubject: {message['Subject']}"

    # A stream that somebody closed shows nothing to anybody.
    with contextlib.suppress(ValueError):
        sys.stderr.write(f"--- mail\n{head}\n\n{text}---\n")
        sys.stderr.flush()


def _after_fork() -> None:
    for mailer in list(_MAILERS):
        mailer.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
