"""A bounded queue of mail, and the one thread that empties it."""

from __future__ import annotations

import atexit
import collections
import os
import threading
import time
import weakref
from collections.abc import Callable

from .job import Job
from .job import Later

#: Mails that wait at most; as many as a slow server takes in some minutes.
MOST = 1000

#: Seconds after which a mail that nobody took is given up. A link to a new password
#: is worth something for 30 minutes.
GIVE_UP = 900.0

#: Seconds after which the thread ends that has nothing to do.
IDLE = 30.0

#: Seconds that the end of the process waits for mail that is still here.
LAST = 5.0

#: Seconds between two tries: 1, 2, 4 … and 60 at most.
LONGEST_PAUSE = 60.0

_ALL: weakref.WeakSet[Outbox] = weakref.WeakSet()


class Outbox:
    """A bounded queue of mail, and the one thread that empties it.

    The thread is made when there is something to do. A process that was forked has
    none, and needs an outbox of its own.

    :param work: Writes a mail and hands it on.
    :param told: Is called with what became of a mail that was not handed on, as the
        name of an event, the job and the reason.
    :param pause: Seconds of the first pause between two tries.
    """

    def __init__(
        self,
        work: Callable[[Job], None],
        told: Callable[[str, Job, str], None],
        pause: float = 1.0,
        give_up: float = GIVE_UP,
    ) -> None:
        self._work = work
        self._told = told
        self._pause = pause
        self._give_up = give_up
        self._changed = threading.Condition()
        self._jobs: collections.deque[Job] = collections.deque()
        self._busy = False
        self._thread: threading.Thread | None = None
        #: Until when no mail is tried, for the server is down; and how often it was.
        self._rests, self._failed = 0.0, 0
        _ALL.add(self)

    def put(self, job: Job) -> bool:
        """Take a mail, and return whether there was room. Never waits.

        What is written for nothing leaves half of the room to what is sent.
        """
        with self._changed:
            if len(self._jobs) >= (MOST if job.real else MOST // 2):
                return False

            self._jobs.append(job)

            if self._thread is None:
                thread = threading.Thread(
                    target=self._run, name="stopper-mail", daemon=True
                )

                try:
                    thread.start()
                except RuntimeError:
                    # The interpreter ends: what is left is sent by who waits for it.
                    return True

                self._thread = thread

            self._changed.notify()
            return True

    def flush(self, seconds: float) -> int:
        """Wait until nothing is left, and return how much is after ``seconds``."""
        until = time.monotonic() + seconds

        with self._changed:
            while self._jobs or self._busy:
                left = until - time.monotonic()

                if left <= 0 or self._thread is None or self._later_than(until):
                    return len(self._jobs) + self._busy

                self._changed.wait(left)

        return 0

    def _later_than(self, until: float) -> bool:
        """Say whether nothing is going to be tried before then."""
        return not self._busy and self._soonest() > until

    def _soonest(self) -> float:
        return max(self._rests, min(job.due for job in self._jobs))

    def _run(self) -> None:
        try:
            while (job := self._next()) is not None:
                self._try(job)
                self._done()
        finally:
            # Whatever ended it, the next mail gets another thread.
            self._done(ended=True)

    def _done(self, ended: bool = False) -> None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()

            if ended and self._thread is threading.current_thread():
                self._thread = None

    def _next(self) -> Job | None:
        """Return the next mail that is due, ``None`` if there was none for a while."""
        idle = time.monotonic() + IDLE

        with self._changed:
            while True:
                now = time.monotonic()
                job = self._due(now)

                if job is not None:
                    self._jobs.remove(job)
                    self._busy = True
                    return job

                if not self._jobs and now >= idle:
                    self._thread = None
                    return None

                self._changed.wait(self._wait(now, idle))

    def _due(self, now: float) -> Job | None:
        if now < self._rests:
            return None

        return next((job for job in self._jobs if job.due <= now), None)

    def _wait(self, now: float, idle: float) -> float:
        if not self._jobs:
            return idle - now

        return self._soonest() - now

    def _try(self, job: Job) -> None:
        try:
            self._work(job)
        except Later as e:
            self._again(job, e)
        except BaseException as e:
            # A function that ends its thread must not end all mail.
            self._told("mail-failed", job, getattr(e, "reason", type(e).__name__))
        else:
            if job.real:
                self._failed, self._rests = 0, 0.0

    def _again(self, job: Job, error: Later) -> None:
        now = time.monotonic()
        job.tries += 1
        self._failed += error.all
        first = self._failed == 1 if error.all else job.tries == 1

        if now - job.born >= self._give_up:
            self._told("mail-failed", job, error.reason)
            return

        if first:
            self._told("mail-delayed", job, error.reason)

        with self._changed:
            tries = self._failed if error.all else job.tries
            due = now + min(LONGEST_PAUSE, self._pause * 2.0 ** min(tries - 1, 20))
            job.due = due

            if error.all:
                self._rests = due

            self._jobs.append(job)

    def give_up(self) -> None:
        """Say of everything that is left that it was not sent."""
        with self._changed:
            left = [job for job in self._jobs if job.real]
            self._jobs.clear()

        for job in left:
            self._told("mail-failed", job, "the process ended")


@atexit.register
def _end() -> None:
    """Give what is left a few seconds, all outboxes together."""
    until = time.monotonic() + LAST

    for outbox in list(_ALL):
        if outbox.flush(max(0.0, until - time.monotonic())):
            outbox.give_up()


if hasattr(os, "register_at_fork"):
    # The parent sends what it was given; a lock may be held that nobody lets go here.
    os.register_at_fork(after_in_child=_ALL.clear)
