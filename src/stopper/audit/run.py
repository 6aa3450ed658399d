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
from .survey.exposure import exposed
from .survey.note import Note


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What every check found, and which checks could not finish."""

    findings: tuple[Finding, ...]
    failures: tuple[Note, ...] = ()


def audit(
    evidence: Iterable[object],
    checks: Iterable[Check[t.Any]] = CHECKS,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Return what every check finds in the evidence at hand, in order of place.

    A check that fails becomes a note that names it: the others still run, and the
    report says that it is not whole.

    :param progress: Called with how many checks are done, of how many.
    """
    findings: dict[tuple[str, str, int, str], Finding] = {}
    failures: list[Note] = []
    asked = tuple(checks)

    for piece in evidence:
        for done, check in enumerate(asked):
            if progress is not None:
                progress(done, len(asked))

            if not isinstance(piece, check.asks):
                continue

            try:
                for found in check.run(piece):
                    findings.setdefault(_key(found), exposed(piece, found))
            except Exception as error:
                failures.append(_failure(check, error))

    ordered = sorted(findings.values(), key=_order)
    return Result(tuple(ordered), tuple(failures))


def _key(finding: Finding) -> tuple[str, str, int, str]:
    place = finding.place
    return finding.rule.name, place.path, place.line, finding.subject


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.place
    rule = finding.rule.name
    return place.path, place.line, place.column, rule, finding.subject


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
