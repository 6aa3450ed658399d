"""What a store does, whatever it is: one trip for all that a request needs."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Sequence

from ...catalogue.error import StopperError


class StoreDown(StopperError):
    """The store cannot be reached, or did not answer in time.

    :param passing: Whether it may work in a moment without anybody's doing. One that
        does not pass keeps the app from starting.
    """

    def __init__(self, message: str, passing: bool = True) -> None:
        super().__init__(message)
        self.passing = passing


#: In place of a time until which an old id leads to a session: never, but that who
#: ends the session by it, in a request that was under way, still does.
DEAD = -1.0

#: How many sessions, and counters, a database forgets at a time.
SWEPT = 1000


@dataclasses.dataclass(slots=True)
class Record:
    """One session, as it is kept. Never changed once it is made: others may hold it.

    :param id: The BLAKE2b hash, 32 bytes, of the id that stands in the cookie. The id
        itself is nowhere.
    :param data: JSON text. What is in there is the sessions control's business.
    :param user: Whose session it is, empty for a visitor who is not logged in.
    :param created: When it began, in seconds since 1970, as all times here.
    :param seen: When it was last used, as exactly as the store was told.
    :param ends: When it ends, whatever happens: the absolute time-out.
    :param expires: When it ends if it is not used until then, at most ``ends``.
    :param version: Goes up by one with every change of the data.
    """

    id: bytes
    # What is in a session is in no log and no traceback.
    data: str = dataclasses.field(repr=False)
    user: str
    created: float
    seen: float
    ends: float
    expires: float
    version: int = 1


class Take(t.NamedTuple):
    """One try, to be taken from an allowance by the generic cell rate algorithm.

    The algorithm keeps one time for each key, that of the *theoretical arrival* (ITU-T
    I.371, annex A; as in every GCRA rate limiter).

    :param key: Who is counted for what: a hash or a short text, never a secret.
    :param interval: Seconds in which one try comes back: the period over the amount.
    :param burst: How many tries may come at once: the amount.
    :param cost: How many tries this one counts as; less than zero gives as many back,
        and never more than were taken.
    """

    key: str
    interval: float
    burst: int
    cost: int = 1


class Verdict(t.NamedTuple):
    """What became of a :class:`Take`.

    :param wait: Seconds until the try would be allowed, 0.0 if it is allowed now. A
        try that is not allowed takes nothing.
    :param left: How many more tries are allowed at once.
    :param reset: Seconds until the whole allowance is back.
    """

    wait: float
    left: int
    reset: float


class Trip(t.NamedTuple):
    """What one trip to the store brought back.

    :param record: The session, ``None`` if there is none (any more).
    :param verdicts: One for each take, in order.
    :param replayed: Whether the id was replaced longer ago than its grace: someone
        uses an old cookie, and the session was ended because of that.
    """

    record: Record | None
    verdicts: tuple[Verdict, ...] = ()
    replayed: bool = False


class Store(t.Protocol):
    """Keeps sessions and counters. Every method may be called by several threads.

    Every method raises :exc:`StoreDown` if the store cannot be reached. Times are
    passed in, in seconds since 1970; a store that several machines share uses its own
    clock for takes.

    A session that has expired (``expires`` or ``ends`` is past) is as good as gone:
    no method returns it.
    """

    #: Whether several processes see the same.
    shared: bool
    #: Whether a take is so cheap that every request can make one.
    counts: bool

    def trip(self, id: bytes | None, takes: Sequence[Take], now: float) -> Trip:
        """Read a session and make takes, all at once.

        An id that was replaced with a grace leads to the new session within it.
        """
        ...

    def put(self, record: Record, expected: int | None) -> bool:
        """Write a session, a new one if ``expected`` is ``None``.

        :param expected: The version that is to be replaced. The record gets the next
            one, ``expected + 1``.
        :return: Whether it was written: ``False`` if another request was faster, or
            the session is gone.
        """
        ...

    def replace(
        self, old: bytes, record: Record, expected: int, until: float, now: float
    ) -> bool:
        """Write a session under a new id in the place of an old one, atomically.

        :param until: Until when the old id still leads to the session; 0.0 if it is
            dead at once. One that is used after a grace is over ends the session. A
            dead one of somebody's session opens nothing and still ends it by
            :meth:`end`: a logout that was under way has to hold.
        :return: Whether it was written: ``False`` if the old one is gone, was replaced
            already, or changed since version ``expected``.
        """
        ...

    def touch(self, id: bytes, seen: float, expires: float) -> None:
        """Say that a session was used; the version stays as it is.

        Neither time goes back, and ``expires`` never past ``ends``.
        """
        ...

    def end(self, id: bytes, user: str | None = None) -> bool:
        """End a session, and return whether there was one.

        By the id it has, or one that was replaced with a grace: a logout that races
        with a new id is still a logout.

        :param user: Whose it has to be, if that is to be seen to; empty is nobody.
        """
        ...

    def of(self, user: str, now: float) -> list[Record]:
        """Return the sessions of a user, the newest first."""
        ...

    def end_all(self, user: str, but: bytes | None = None) -> int:
        """End the sessions of a user, but for one, and return how many there were.

        :param but: The id of the one that stays, or one that leads to it.
        """
        ...

    def end_everything(self) -> int:
        """End every session of everybody, and return how many there were."""
        ...

    def sweep(self, now: float) -> bool:
        """Forget what is past, and return whether more of it may be there.

        A database forgets :data:`SWEPT` sessions and as many counters, for a request
        waits for it. Redis forgets by itself.
        """
        ...

    def probe(self) -> str:
        """Write, read and remove something, to see at start-up that it works.

        :return: What works and should still be otherwise, empty if there is nothing.
        :raises StoreDown: With what to do about it.
        """
        ...

    def close(self) -> None:
        """Let go of connections. A store that is used again opens new ones."""
        ...


def gcra(tat: float | None, take: Take, now: float) -> tuple[float | None, Verdict]:
    """Judge one try, and return the new time of theoretical arrival and the verdict.

    :param tat: The old one, ``None`` if there is none.
    :return: ``None`` in place of the time if nothing was taken.
    """
    interval = take.interval
    span = interval * take.burst
    base = tat if tat is not None and tat > now else now

    # A clock that was set back must not lock anyone out for longer than the span.
    if base > now + span:
        base = now + span

    # Who gives back gets no more than the whole allowance.
    new = max(base + interval * take.cost, now)
    room = now + span - new

    if room < -1e-9:
        left = int((now + span - base) / interval + 1e-9)
        return None, Verdict(-room, left, base - now)

    return new, Verdict(0.0, int(room / interval + 1e-9), new - now)
