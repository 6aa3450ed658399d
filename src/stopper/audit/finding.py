"""A finding: a rule, a place, and the words for it."""

from __future__ import annotations

import dataclasses
import enum

from ..catalogue.rule import Confidence
from ..catalogue.rule import Rule
from ..catalogue.rule import Severity


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where something stands.

    :param path: As it is shown: relative to the audited folder, with slashes. Empty
        where the place is no file: an answer, a setting of the loaded app.
    :param line: Counted from 1, 0 where there is none.
    :param column: Counted from 1, in characters, 0 where there is none.
    :param end_line: The last line, the same as ``line`` for most.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0


class Exposure(enum.Enum):
    """Who can bring a value to where it does harm."""

    #: Nothing on the way asks who is there.
    ANYONE = "anyone"
    LOGIN = "login"
    #: It cannot be seen, or it is no question of a request.
    UNKNOWN = "unknown"


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow: a place and what happens there.

    :param entry: Whether a request's value comes in here.
    """

    place: Place
    message: str
    entry: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """A rule, found broken at a place.

    :param subject: The call, key or word that the finding is about, as it stands on
        the lines of ``place``: ``"yaml.load"``, ``"SECRET_KEY"``.
    :param steps: Other places that a reader needs, in the order in which a value
        takes them: where a constant comes from, which siblings are guarded.
    :param others: The steps of other ways by which a value comes to the same place.
    """

    rule: Rule
    place: Place
    subject: str
    message: str
    confidence: Confidence
    steps: tuple[Step, ...] = ()
    others: tuple[tuple[Step, ...], ...] = ()
    exposure: Exposure = Exposure.UNKNOWN

    @property
    def severity(self) -> Severity:
        """The rule's severity, a medium one raised where anyone can bring it about."""
        raised = self.exposure is Exposure.ANYONE
        medium = self.rule.severity is Severity.MEDIUM
        return Severity.HIGH if raised and medium else self.rule.severity

    @property
    def level(self) -> Severity:
        """The lower of severity and confidence: what ``--fail-on`` compares."""
        return Severity(min(self.severity, self.confidence))

    @property
    def begins(self) -> bool:
        """Whether its steps lead on from its place, and not to it."""
        first = self.steps[0] if self.steps else None

        if first is None or first.entry:
            return False

        return (first.place.path, first.place.line) == (
            self.place.path,
            self.place.line,
        )


def finding(
    rule: Rule,
    place: Place,
    subject: str,
    *,
    confidence: Confidence | None = None,
    steps: tuple[Step, ...] = (),
    others: tuple[tuple[Step, ...], ...] = (),
    **fields: object,
) -> Finding:
    """Return the finding of ``rule`` at ``place``, its message filled in from ``fields``.

    ``{subject}`` may stand in the message too.
    """
    message = rule.message.format(subject=subject, **fields)
    sure = confidence or rule.confidence
    return Finding(rule, place, subject, message, sure, steps, others)
