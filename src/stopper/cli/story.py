"""One finding, told in sentences: where a value comes from and what becomes of it."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator
from collections.abc import Sequence
from pathlib import Path

from . import Refusal

if t.TYPE_CHECKING:
    from ..audit.finding import Place
    from ..audit.finding import Step
    from ..audit.summary import Report
    from ..audit.summary import Reported

#: ``app/views.py:42``, with a column perhaps, as the report writes it.
_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?\Z")

#: A fingerprint, or enough of one.
_FINGERPRINT = re.compile(r"[0-9a-f]{8,32}\Z")

_SURE = {
    "high": "Every step of it was seen.",
    "medium": "One step is likely and no more: look at that one first.",
    "low": "More than one step is a guess, or a test on the way may well hold.",
}


def names_finding(name: str) -> bool:
    """Say whether this is what a finding is called, and no rule."""
    return bool(_PLACE.match(name) or _FINGERPRINT.match(name))


def story(name: str, paths: Sequence[str]) -> str:
    """Return what there is to say about a finding, as Markdown.

    :param name: ``"app/views.py:42"``, or a fingerprint.
    :param paths: What is audited for it; nothing of it is imported or run.
    :raises Refusal: If there is no such finding.
    """
    from ..audit.options import Options
    from ..audit.session import run
    from ..catalogue.error import StopperError

    try:
        report = run([Path(p) for p in paths] or [Path()], Options(tests=True))
    except StopperError as error:
        raise Refusal(str(error)) from error

    found = list(_named(report, name))

    if not found:
        shown = name.encode("unicode_escape").decode("ascii")[:100]
        raise Refusal(
            f"There is no finding at {shown}. `stopper audit` lists them; paths after "
            "the name say what is audited."
        )

    return "\n\n".join("\n\n".join(_told(reported)) for reported in found)


def _named(report: Report, name: str) -> Iterator[Reported]:
    place = _PLACE.match(name)

    for reported in (*report.findings, *report.allowed):
        at = reported.finding.place

        if place is None:
            if reported.fingerprint.startswith(name):
                yield reported
        elif int(place["line"]) == at.line and _same(at.path, place["path"]):
            yield reported


def _same(path: str, given: str) -> bool:
    return path == given or path.endswith(f"/{given}") or given.endswith(f"/{path}")


def _told(reported: Reported) -> Iterator[str]:
    from ..audit.report.text import WHO

    found = reported.finding
    level, sure = found.level.name.lower(), found.confidence.name.lower()
    yield f"# {found.rule.name} at {_at(found.place)}"
    yield f"Level {level}, confidence {sure}. {found.message}"

    if found.exposure in WHO:
        yield WHO[found.exposure]

    if reported.code.strip():
        yield f"```py\n{reported.code.strip()}\n```"

    if found.steps:
        last = () if found.begins else (f"- {_at(found.place)}: there it ends.",)
        yield "\n".join((*_steps(found.steps), *last))
        yield _SURE.get(sure, "")

    for number, way in enumerate(found.others, 2):
        yield f"## Way {number}"
        yield "\n".join(_steps(way))

    yield f"**Why it matters:** {found.rule.reason}"
    yield f"**Mend:** {found.rule.mend}"
    yield f"`stopper explain {found.rule.name}` has examples."


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        yield f"- {_at(step.place)}: {step.message}"


def _at(place: Place) -> str:
    return f"{place.path}:{place.line}" if place.line else place.path
