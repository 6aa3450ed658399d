"""Processes that answer questions side by side, and share what was read before."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess

AnswerT = t.TypeVar("AnswerT")

#: How many processes may die before no more are started.
DEATHS = 3

#: How a question's number is written: two bytes.
_NUMBER = 2


def possible() -> bool:
    """Say whether this process can be copied with all that it has read.

    What threads hold is lost in a copy, and libraries of macOS start some of their own.
    """
    return (
        "fork" in multiprocessing.get_all_start_methods()
        and sys.platform != "darwin"
        and threading.active_count() == 1
        and not multiprocessing.current_process().daemon
    )


def cores() -> int:
    """Return how many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))

    return os.cpu_count() or 1


def memory() -> int:
    """Return how many bytes this process took at most, 0 where it cannot be said."""
    if sys.platform != "linux":
        return 0

    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Pile:
    """Numbers of questions, of which each process takes the next one.

    They lie in a pipe, so that no two take the same, whoever may die.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._read, write = os.pipe()

        for number in numbers:
            os.write(write, number.to_bytes(_NUMBER, "big"))

        os.close(write)

    def __iter__(self) -> Iterator[int]:
        while taken := os.read(self._read, _NUMBER):
            yield int.from_bytes(taken, "big")

    def close(self) -> None:
        """Forget the numbers that nobody took."""
        os.close(self._read)


class _Worker(t.NamedTuple):
    """A process, where its answers come from, and whether it takes of every pile."""

    process: ForkProcess
    answers: Connection
    full: bool


class Crew(t.Generic[AnswerT]):
    """Processes that take questions from piles until there are none.

    :param ask: Answers a question, by its number. It runs in a process of its own, and
        what it gives, which is not ``None``, comes back as a copy.
    """

    def __init__(self, ask: Callable[[int], AnswerT]) -> None:
        self._ask = ask
        self._workers: list[_Worker] = []
        self._deaths = 0
        #: Whether there is nothing left to take, or nobody is to take it.
        self._over = False
        #: Whether no process could be started: those questions may be answered here.
        self.unable = False

    def __enter__(self) -> Crew[AnswerT]:
        return self

    def __exit__(self, *error: object) -> None:
        """End every process, whatever it is doing."""
        for worker in self._workers:
            worker.process.kill()

        for worker in tuple(self._workers):
            self._leave(worker)

    def hire(self, piles: Iterable[Pile], *, full: bool = True) -> None:
        """Start one more process.

        :param full: Whether there is nothing left when these piles are empty.
        """
        context = multiprocessing.get_context("fork")

        try:
            receive, send = context.Pipe(duplex=False)
        except OSError:
            self._over = self.unable = True
            return

        # Who holds an end of another's pipe keeps it open when that one dies.
        foreign = (receive, *(w.answers for w in self._workers))
        process = context.Process(
            target=_work, args=(self._ask, tuple(piles), send, foreign)
        )

        # While a process is copied, an interrupt would be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

        try:
            process.start()
        except OSError:
            receive.close()
            self._over = self.unable = True
        else:
            self._workers.append(_Worker(process, receive, full))
        finally:
            send.close()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def work(self, piles: Iterable[Pile], jobs: int) -> Iterator[AnswerT]:
        """Have questions answered by so many processes until there are none.

        Where one dies, its question is not answered, and another takes its place.
        """
        piles = tuple(piles)

        while True:
            while len(self._workers) < jobs and not self._over:
                self.hire(piles)

            if not self._workers:
                return

            yield from self._heard()

    def _heard(self) -> Iterator[AnswerT]:
        by = {worker.answers: worker for worker in self._workers}

        for ready in connection.wait(list(by)):
            worker = by[t.cast("Connection", ready)]

            try:
                answer = worker.answers.recv()
            except (EOFError, OSError):
                self._leave(worker)
                self._deaths += 1
                self._over |= self._deaths >= DEATHS
                continue

            if answer is None:
                self._leave(worker)
                self._over |= worker.full
            else:
                yield answer

    def _leave(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.answers.close()
        worker.process.join()
        worker.process.close()


def _work(
    ask: Callable[[int], t.Any],
    piles: tuple[Pile, ...],
    send: Connection,
    foreign: tuple[Connection, ...],
) -> None:
    """Answer questions until there are none, and say so."""
    # Who interrupts the command ends all of it; one says so.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # It would only copy what is shared, and find nothing.
    gc.disable()

    for end in foreign:
        end.close()

    try:
        for pile in piles:
            for number in pile:
                send.send(ask(number))

        send.send(None)
    except (OSError, MemoryError):
        # Nobody listens any more, or there is no room to say anything.
        os._exit(1)
