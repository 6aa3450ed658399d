"""Sends the mail of accounts, and keeps no request waiting for it."""

from __future__ import annotations

import contextlib
import functools
import sys
import time
import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from email.message import EmailMessage

from ....catalogue.event import Action
from ....controls.accounts.policy import complain_of_address
from ....controls.accounts.settings import MAIL_FROM
from ...house import House
from ..moments import moment
from ..queue import MOST
from ..queue import Queue
from ..tasks import Later
from ..tasks import Never
from ..tasks import Task
from .job import Job
from .letter import Letters
from .server import server_of
from .smtp import Smtp

#: A function that sends a mail: of an app, or ours.
Function = Callable[[EmailMessage], object]

_SAYS = {
    "dropped": f"A mail was dropped, for {MOST} are waiting to be sent.",
    "delayed": "A mail could not be sent, and is tried again.",
    "failed": "A mail could not be sent, and was given up.",
}


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
        #: What waits to be sent.
        self.outbox = Queue(self._told)

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
        return Job(to, name, values, real)

    def _take(self, job: Job) -> None:
        if self._collected is not None:
            self._write(job)

            if job.real and job.message is not None:
                self._collected.append(job.message)
            return

        run = functools.partial(self._work, job)
        task = Task(job.name, run, time.monotonic(), job.real)

        if not self.outbox.put(task) and job.real:
            self._told("dropped", task, "the queue is full")

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

    def _told(self, what: str, task: Task, reason: str) -> None:
        self._house.emit(
            "accounts",
            f"mail-{what}",
            Action.FAILED,
            _SAYS[what],
            template=task.name,
            why=reason,
        )

    @contextlib.contextmanager
    def collecting(
        self, into: list[EmailMessage] | None = None
    ) -> Iterator[list[EmailMessage]]:
        """Collect what would be sent, each mail written at once; for tests.

        :param into: The list that takes them, a new one if none is given.
        """
        found = [] if into is None else into
        before, self._collected = self._collected, found

        try:
            yield found
        finally:
            self._collected = before


def deliver_by(house: House, given: Function | None) -> Function:
    """Return what hands mail on.

    :raises StartError: If the settings name nothing that does.
    """
    if given is not None:
        return _patient(given)

    server = server_of(house.config, house.relaxed)
    return _print if server is None else Smtp(server)


def _patient(given: Function) -> Function:
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
