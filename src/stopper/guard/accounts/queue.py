"""A bounded queue of what no request waits for, and the one thread that empties it."""

from __future__ import annotations

import atexit
import collections
import os
import threading
import time
import weakref
from collections.abc import Callable

from .tasks import Later
from .tasks import Task

#: Tasks that wait at most; as many mails as a slow server takes in some minutes.
MOST = 1000

#: Seconds after which a task is given up. A link to a new password is worth something
#: for 30 minutes.
GIVE_UP = 900.0

#: Seconds after which the thread ends that has nothing to do.
IDLE = 30.0

#: Seconds that the end of the process waits for what is still here.
LAST = 5.0

#: Seconds between two tries: 1, 2, 4 … and 60 at most.
LONGEST_PAUSE = 60.0

_ALL: weakref.WeakSet[Queue] = weakref.WeakSet()


class Queue:
    """A bounded queue, and the one thread that empties it.

    The thread is made when there is something to do, in each process of its own: what a
    process was given before it was forked stays with it.

    :param told: Is called with what became of a task that was not done, ``"delayed"`` or
        ``"failed"``, the task and the reason.
    :param threaded: Whether there is a thread; without one :meth:`flush` does the work.
    """

    def __init__(
        self, told: Callable[[str, Task, str], None], threaded: bool = True
    ) -> None:
        self._told = told
        self._threaded = threaded
        #: Seconds of the first pause between two tries.
        self.pause = 1.0
        #: Seconds after which a task is given up.
        self.give_up = GIVE_UP
        self.begin_anew()

        if threaded:
            _ALL.add(self)

    def begin_anew(self) -> None:
        """Have nothing to do, no thread, and a lock that nobody holds."""
        self._changed = threading.Condition()
        self._tasks: collections.deque[Task] = collections.deque()
        self._busy = False
        self._thread: threading.Thread | None = None
        #: Until when nothing is tried, for a server is down; and how often it was.
        self._rests, self._failed = 0.0, 0

    def put(self, task: Task) -> bool:
        """Take a task, and return whether there was room. Never waits.

        What does not matter leaves half of the room to what does.
        """
        with self._changed:
            if len(self._tasks) >= (MOST if task.real else MOST // 2):
                return False

            self._tasks.append(task)

            if self._threaded and self._thread is None:
                self._thread = self._started()

            self._changed.notify()
            return True

    def _started(self) -> threading.Thread | None:
        made = threading.Thread(target=self._run, name="stopper-accounts", daemon=True)

        try:
            made.start()
        except RuntimeError:
            # The interpreter ends, and takes no more threads.
            return None

        return made

    def flush(self, seconds: float) -> int:
        """Wait until nothing is left, and return how much is after ``seconds``."""
        until = time.monotonic() + seconds

        if not self._threaded:
            while task := self._taken():
                self._try(task)

            return len(self._tasks)

        with self._changed:
            while self._tasks or self._busy:
                left = until - time.monotonic()

                if left <= 0 or self._thread is None or self._later_than(until):
                    return len(self._tasks) + self._busy

                self._changed.wait(left)

        return 0

    def _later_than(self, until: float) -> bool:
        """Say whether nothing is going to be tried before then."""
        return not self._busy and self._soonest() > until

    def _soonest(self) -> float:
        return max(self._rests, min(task.due for task in self._tasks))

    def _run(self) -> None:
        while (task := self._next()) is not None:
            self._try(task)

            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> Task | None:
        """Return the next task that is due, ``None`` if there was none for a while."""
        idle = time.monotonic() + IDLE

        with self._changed:
            while True:
                now = time.monotonic()
                task = self._taken()

                if task is not None:
                    self._busy = True
                    return task

                if not self._tasks and now >= idle:
                    self._thread = None
                    return None

                self._changed.wait((self._soonest() if self._tasks else idle) - now)

    def _taken(self) -> Task | None:
        """Take out the first task that is due, ``None`` if none is."""
        with self._changed:
            now = time.monotonic()

            if now < self._rests:
                return None

            for task in self._tasks:
                if task.due <= now:
                    self._tasks.remove(task)
                    return task

            return None

    def _try(self, task: Task) -> None:
        try:
            task.run()
        except Later as e:
            self._again(task, e)
        except BaseException as e:
            # A function that ends its thread must not end all that follows.
            self._told("failed", task, getattr(e, "reason", type(e).__name__))
        else:
            if task.real:
                self._failed, self._rests = 0, 0.0

    def _again(self, task: Task, error: Later) -> None:
        now = time.monotonic()
        task.tries += 1
        self._failed += error.all
        tries = self._failed if error.all else task.tries

        if now - task.born >= self.give_up:
            self._told("failed", task, error.reason)
            return

        if tries == 1:
            self._told("delayed", task, error.reason)

        with self._changed:
            pause = self.pause * 2.0 ** min(tries - 1, 20)
            task.due = now + min(LONGEST_PAUSE, pause)
            self._tasks.append(task)

            if error.all:
                self._rests = task.due

    def drop(self) -> None:
        """Say of everything that is left that it was not done."""
        with self._changed:
            left = [task for task in self._tasks if task.real]
            self._tasks.clear()

        for task in left:
            self._told("failed", task, "the process ended")


@atexit.register
def _end() -> None:
    """Give what is left a few seconds, all queues together."""
    until = time.monotonic() + LAST

    for queue in list(_ALL):
        if queue.flush(max(0.0, until - time.monotonic())):
            queue.drop()


def _after_fork() -> None:
    for queue in list(_ALL):
        queue.begin_anew()


if hasattr(os, "register_at_fork"):
    # The parent does what it was given; and a lock may be held that nobody lets go.
    os.register_at_fork(after_in_child=_after_fork)
