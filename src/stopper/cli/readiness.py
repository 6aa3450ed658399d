"""Which controls are ready to be enforced, by what was counted while they reported."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from collections.abc import Mapping
from collections.abc import Sequence

from ..catalogue.event import Action
from ..catalogue.mode import Mode
from ..guard.ledger import Counted
from ..guard.ledger import Watched

#: Seconds of a day.
DAY = 86400

#: What `enforce` does without refusing anything, so that nobody has to mend it before:
#: an answer is kept out of caches, a page with inline code goes on as it is.
HARMLESS = frozenset({("headers", "cacheable-answer"), ("headers", "inline-code")})


class State(enum.StrEnum):
    """How far a control is on the way to being enforced."""

    #: It was watched for long enough, and nothing would have been refused.
    READY = "ready"
    #: Nothing would have been refused, but it was not watched for long enough.
    WATCHING = "watching"
    #: Something would have been refused, or the guard itself failed.
    NOT_READY = "not ready"
    #: It is enforced.
    ENFORCED = "enforced"
    #: It is off, so nothing is known.
    OFF = "off"


@dataclasses.dataclass(frozen=True, slots=True)
class Readiness:
    """How far one control is.

    :param requests: How many it watched in report mode, at least.
    :param days: On how many days that was.
    :param since: The first of these days, empty if there is none.
    :param events: What was counted, the most frequent first.
    """

    control: str
    mode: str
    state: State
    requests: int
    days: int
    since: str
    events: tuple[Counted, ...]

    def times(self, action: Action) -> int:
        """Return how often something was done."""
        return sum(c.times for c in self.events if c.action == action)


def readiness(
    modes: Mapping[str, Mode],
    events: Sequence[Counted],
    watched: Sequence[Watched],
    now: float,
    days: int,
) -> list[Readiness]:
    """Return how far each control is, and what else something was counted of.

    :param modes: The mode of each control, by its name.
    :param days: For how long nothing may have been refused.
    """
    names = [*modes, *sorted({c.control for c in events} - set(modes))]
    return [_of(name, modes.get(name), events, watched, now, days) for name in names]


def _of(
    name: str,
    mode: Mode | None,
    events: Sequence[Counted],
    watched: Sequence[Watched],
    now: float,
    days: int,
) -> Readiness:
    own = tuple(c for c in events if c.control == name)
    seen = [w for w in watched if w.control == name]
    since = min((w.day for w in seen), default="")
    return Readiness(
        control=name,
        # What is no control, as the settings themselves, is always held to.
        mode=str(mode or Mode.ENFORCE),
        state=_state(mode, own, since, now, days),
        requests=sum(w.requests for w in seen),
        days=len(seen),
        since=since,
        events=own,
    )


def _state(
    mode: Mode | None, own: Sequence[Counted], since: str, now: float, days: int
) -> State:
    if mode is Mode.OFF:
        return State.OFF

    if mode is not Mode.REPORT:
        return State.ENFORCED

    start = now - days * DAY
    telling = {Action.REPORTED.value, Action.FAILED.value}

    stops = (c for c in own if (c.control, c.name) not in HARMLESS)

    if any(c.action in telling and c.last >= start for c in stops):
        return State.NOT_READY

    return State.READY if since and _second(since) <= start else State.WATCHING


def _second(day: str) -> float:
    return (
        datetime.datetime.strptime(day, "%Y-%m-%d")
        .replace(tzinfo=datetime.UTC)
        .timestamp()
    )
