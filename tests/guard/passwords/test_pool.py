"""A flood of logins takes a few threads, and no more."""

from __future__ import annotations

import os
import sys
import threading
import time

import pytest

from stopper.catalogue.event import Action
from stopper.guard.passwords.passwords import Answer
from stopper.guard.passwords.pool import Busy
from stopper.guard.passwords.pool import NICENESS
from stopper.guard.passwords.pool import Pool


class Gate:
    """Jobs that end when they are told to."""

    def __init__(self, pool):
        self.pool = pool
        self.open = threading.Event()
        self.started = threading.Semaphore(0)
        self.done = []
        self.threads = []

    def job(self):
        self.started.release()
        assert self.open.wait(20)
        return threading.get_ident()

    def enter(self, number):
        for _ in range(number):
            thread = threading.Thread(target=lambda: self.done.append(self.run()))
            thread.start()
            self.threads.append(thread)

    def run(self):
        return self.pool.run(self.job)

    def leave(self):
        self.open.set()

        for thread in self.threads:
            thread.join(20)


def full(pool):
    """Wait until nobody more is let in."""
    end = time.monotonic() + 10

    while time.monotonic() < end:
        if pool._crews and pool._crews[os.getpid()]._room._value == 0:
            return True

        time.sleep(0.001)

    return False


@pytest.fixture
def gate():
    gate = Gate(Pool(2, 1))
    yield gate
    gate.leave()


def test_who_finds_the_queue_full_is_sent_away_at_once(gate):
    gate.enter(3)
    assert full(gate.pool)
    start = time.perf_counter()

    with pytest.raises(Busy):
        gate.pool.run(lambda: None)

    assert time.perf_counter() - start < 1
    gate.leave()
    assert len(gate.done) == 3


def test_no_more_run_at_once_than_there_are_workers(gate):
    gate.enter(3)
    assert full(gate.pool)
    assert gate.started.acquire(timeout=10)
    assert gate.started.acquire(timeout=10)
    assert not gate.started.acquire(blocking=False)
    gate.leave()
    assert len({*gate.done}) <= 2


def test_there_is_room_again_when_one_has_gone(gate):
    gate.enter(3)
    assert full(gate.pool)
    gate.leave()

    assert gate.pool.run(lambda: 7) == 7


def test_what_a_job_raises_is_raised_and_leaves_no_hole():
    pool = Pool(1, 0)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            pool.run(lambda: 1 / 0)

    assert pool.run(lambda: 7) == 7


@pytest.mark.skipif(sys.platform != "linux", reason="priorities of threads are Linux's")
def test_hashing_stands_back_and_the_others_do_not():
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    theirs = Pool(1, 0).run(
        lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    )

    assert theirs == max(mine, NICENESS)
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == mine


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system forks nothing")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_hashes_in_threads_of_its_own(made):
    passwords = made()
    stored = passwords.hash("oars and sails")
    gate = Gate(passwords._pool)
    # The parent's pool is full, and its locks are held, when it forks.
    gate.enter(3)
    assert full(passwords._pool)
    child = os.fork()

    if not child:
        right = passwords.verify(stored, "oars and sails") == Answer(True)
        os._exit(0 if right else 1)

    end = time.monotonic() + 20

    while not (ended := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < end:
        time.sleep(0.01)

    gate.leave()

    if not ended[0]:
        os.kill(child, 9)
        os.waitpid(child, 0)

    assert ended == (child, 0)


def test_a_flood_is_told_once_and_answered_by_503(made, happened):
    passwords = made(STOPPER_PASSWORD_WORKERS=1, STOPPER_PASSWORD_QUEUE=0)
    gate = Gate(passwords._pool)
    gate.enter(1)
    assert full(passwords._pool)

    with pytest.raises(Busy) as busy:
        passwords.verify(None, "x")

    with pytest.raises(Busy):
        passwords.hash("x")

    gate.leave()
    refusal = busy.value.refusal

    assert refusal.status == 503
    assert dict(refusal.headers)["Retry-After"].isdecimal()
    assert [(e.name, e.action) for e in happened] == [("hashing-busy", Action.REFUSED)]
    assert passwords.verify(None, "x") == Answer(False)
