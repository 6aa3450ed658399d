"""A few threads of low priority that hash, and a short queue in front of them."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import typing as t
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ...catalogue.error import StopperError
from ..refusal import Refusal

T = t.TypeVar("T")

#: How much nicer the threads are to the others (setpriority(2)): of a core that both
#: want they get a tenth, and all of it otherwise.
NICENESS = 10

#: Seconds after which one who was sent away may come again.
RETRY_AFTER = 2


class Busy(StopperError):
    """As many passwords are being hashed, and wait to be, as may be.

    Answered with 503 at once: ``raise Refused("passwords", busy.refusal)``.
    """

    def __init__(self) -> None:
        super().__init__(
            "Too many passwords are being hashed: STOPPER_PASSWORD_WORKERS and "
            "STOPPER_PASSWORD_QUEUE are full."
        )

    @property
    def refusal(self) -> Refusal:
        """What the visitor is answered."""
        return Refusal(
            name="hashing-busy",
            status=503,
            message=str(self),
            says="Too many people log in right now. Try again in a moment.",
            headers=(("Retry-After", str(RETRY_AFTER)),),
        )


class Pool:
    """Runs what hashes in threads of its own; each process has its own.

    :param workers: How many run at once.
    :param queue: How many more may wait.
    """

    def __init__(self, workers: int, queue: int) -> None:
        self._workers = workers
        self._queue = queue
        self._crews: dict[int, _Crew] = {}

    def run(self, job: Callable[[], T]) -> T:
        """Return what ``job`` returns, or raise what it raises.

        :raises Busy: If there is no room; at once, and then the job does not run.
        """
        # A forked process has none of its parent's threads, and locks in any state.
        pid = os.getpid()
        crew = self._crews.get(pid)

        if crew is None:
            crew = self._crews.setdefault(pid, _Crew(self._workers, self._queue))

        return crew.run(job)


class _Crew:
    def __init__(self, workers: int, queue: int) -> None:
        self._room = threading.Semaphore(workers + queue)
        self._threads = ThreadPoolExecutor(
            workers, "stopper-passwords", _step_back, (threading.get_native_id(),)
        )

    def run(self, job: Callable[[], T]) -> T:
        if not self._room.acquire(blocking=False):
            raise Busy

        try:
            future = self._threads.submit(self._work, job)
        except BaseException:
            self._room.release()
            raise

        return future.result()

    def _work(self, job: Callable[[], T]) -> T:
        # Released here: who waits may be gone, and the job is not.
        try:
            return job()
        finally:
            self._room.release()


def _step_back(caller: int) -> None:
    """Lower the priority of this thread; elsewhere than on Linux it is the process's."""
    me = threading.get_native_id()

    # Under gevent what looks like a thread is none, and all would be slowed down.
    if sys.platform == "linux" and me not in (caller, os.getpid()):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, me, NICENESS)
