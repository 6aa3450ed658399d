"""Hand each check the evidence that it asks for."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator

from .check import Check
from .checks import CHECKS
from .finding import Finding
from .shares import answered
from .shares import Question
from .survey.exposure import exposed
from .survey.flow.flows import cut_in
from .survey.note import Note
from .survey.project import Project


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What every check found, and which checks could not finish.

    :param cut: Where values end that could not be followed to their source.
    """

    findings: tuple[Finding, ...]
    failures: tuple[Note, ...] = ()
    cut: frozenset[tuple[str, int]] = frozenset()


def audit(
    evidence: Iterable[object],
    checks: Iterable[Check[t.Any]] = CHECKS,
    progress: Callable[[int, int], None] | None = None,
    jobs: int = 1,
) -> Result:
    """Return what every check finds in the evidence at hand, in order of place.

    A check that fails becomes a note that names it: the others still run, and the
    report says that it is not whole.

    :param progress: Called with how many checks are done, of how many.
    :param jobs: How many processes ask. What they find is the same, however many.
    """
    asked = tuple(checks)
    questions = [(p, c) for p in evidence for c in asked if isinstance(p, c.asks)]
    tell = progress or (lambda done, of: None)
    answers = answered(questions, _ask, jobs, lambda done: tell(done, len(questions)))
    findings: dict[tuple[str, str, int, str], Finding] = {}
    failures: list[Note] = []
    cut: set[tuple[str, int]] = set()

    # In the order of the questions, whoever answered when.
    for number, (piece, check) in enumerate(questions):
        answer = answers.get(number)

        if answer is None:
            failures.append(_died(check))
            continue

        failures += answer.failures

        try:
            for found in answer.findings:
                findings.setdefault(_key(found), exposed(piece, found))
        except Exception as error:
            failures.append(_failure(check, error))

        cut |= answer.cut

    ordered = sorted(findings.values(), key=_order)
    return Result(tuple(ordered), tuple(failures), frozenset(cut))


def _ask(question: Question) -> Result:
    """Return what one check finds."""
    piece, check = question
    findings: list[Finding] = []
    failures: tuple[Note, ...] = ()

    try:
        for found in check.run(piece):
            findings.append(found)  # noqa: PERF402  # what came before an error counts
    except Exception as error:
        failures = (_failure(check, error),)

    cut = cut_in(piece) if isinstance(piece, Project) else frozenset()
    return Result(tuple(findings), failures, cut)


def _key(finding: Finding) -> tuple[str, str, int, str]:
    place = finding.place
    return finding.rule.name, place.path, place.line, finding.subject


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.place
    rule = finding.rule.name
    return place.path, place.line, place.column, rule, finding.subject


def _died(check: Check[t.Any]) -> Note:
    """Return the note about a check whose process was killed, or ran out of memory."""
    message = f"The check of {check.rule.name} did not end: its process was killed."
    return Note("check-failed", "", 0, message)


def _failure(check: Check[t.Any], error: Exception) -> Note:
    where = _frames(error)
    message = (
        f"The check of {check.rule.name} failed with {type(error).__name__}{where}."
    )
    return Note("check-failed", "", 0, message)


def _frames(error: Exception) -> str:
    """Return where in Stopper's own code an error came from."""
    last = ""
    trace = error.__traceback__

    while trace is not None:
        file = trace.tb_frame.f_code.co_filename.replace("\\", "/")

        if "/stopper/" in file:
            name = file.rpartition("/stopper/")[2]
            last = f" at {name}:{trace.tb_lineno}"

        trace = trace.tb_next

    return last


def rules_of(checks: Iterable[Check[t.Any]] = CHECKS) -> Iterator[str]:
    """Yield the name of every rule that some check answers for."""
    yield from sorted({check.rule.name for check in checks})
