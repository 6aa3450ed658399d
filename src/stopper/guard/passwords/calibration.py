"""Finds the strongest hash that a machine makes at the rate at which people log in."""

from __future__ import annotations

import dataclasses
import math
import statistics
import threading
import time
from collections.abc import Callable
from collections.abc import Iterable

from .argon2id import Argon2id
from .bcrypts import Bcrypt

Scheme = Argon2id | Bcrypt

#: Returns the seconds that one hash takes.
Measure = Callable[[Scheme], float]

#: Seconds of a longest hash. The source of the floor has one second at most, and a
#: busy machine takes longer than an idle one.
LONGEST = 0.5

#: How much of their time the threads may hash. At half of it who comes waits for half a
#: hash on average (queue with constant service times), and there is room for a rush.
BUSIEST = 0.5

#: From the floor upwards. Memory is raised before passes, for it is what an attacker's
#: machines have least of (RFC 9106, 4).
ARGON2ID = tuple(
    Argon2id(memory, passes, 1)
    for memory, passes in (
        *((19456, 2), (24576, 2), (32768, 2), (47104, 2), (65536, 2), (98304, 2)),
        *((131072, 2), (131072, 3), (131072, 4), (131072, 6)),
    )
)
BCRYPT = tuple(Bcrypt(cost) for cost in range(10, 16))

#: Seconds for which one step is measured at least, and hashes in which it is.
_MEASURED_FOR = 0.25
_LEAST = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Proposal:
    """The strongest of the steps that are fast enough.

    :param seconds: Of one hash.
    :param budget: Seconds that one may take.
    :param fits: Whether it is fast enough. The floor is proposed where none is.
    :param most: Logins a second that this machine keeps up with.
    """

    scheme: Scheme
    seconds: float
    budget: float
    fits: bool
    most: float


def budget(rate: float, hashing: int) -> float:
    """Return the seconds that one hash may take.

    :param rate: Logins a second.
    :param hashing: How many are hashed at once.
    """
    return min(LONGEST, BUSIEST * hashing / rate)


def propose(
    steps: Iterable[Scheme], rate: float, hashing: int, measure: Measure
) -> Proposal:
    """Return the strongest of ``steps``, from the weakest up, that keep to the budget.

    The first is the floor: nothing below it is proposed.
    """
    allowed = budget(rate, hashing)
    chosen: tuple[Scheme, float] | None = None

    for step in steps:
        seconds = measure(step)

        if chosen is not None and seconds > allowed:
            break

        chosen = (step, seconds)

        if seconds > allowed:
            break

    assert chosen is not None  # noqa: S101  # there is a step
    step, seconds = chosen
    most = BUSIEST * hashing / seconds
    return Proposal(step, seconds, allowed, seconds <= allowed, most)


def measured(hashing: int) -> Measure:
    """Return what measures a step on this machine, with ``hashing`` of them at once."""

    def measure(step: Scheme) -> float:
        taken: list[float] = []
        threads = [
            threading.Thread(target=_hash, args=(step, taken)) for _ in range(hashing)
        ]

        for thread in threads:
            thread.start()

        for thread in threads:
            thread.join()

        return statistics.median(taken) if taken else math.inf

    return measure


def _hash(step: Scheme, taken: list[float]) -> None:
    end = time.perf_counter() + _MEASURED_FOR
    number = 0

    while number < _LEAST or time.perf_counter() < end:
        start = time.perf_counter()
        step.hash(b"a password of middling length")
        taken.append(time.perf_counter() - start)
        number += 1
