"""Is nothing hidden from the audit, and no guard quietly asleep?"""

from __future__ import annotations

from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls import CONTROLS
from ...controls.audit.control import REPORT_IN_PRODUCTION
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..survey.deployment import key
from ..survey.deployment import production
from ..survey.deployment import rehearsal
from ..survey.deployment import where
from ..survey.project import Project
from .secrets.keys import subject

_MEANING = {
    "report": "what it would refuse is let through",
    "off": "it keeps nothing",
}


@check(REPORT_IN_PRODUCTION, asks=Project)
def report_in_production(project: Project) -> Iterator[Finding]:
    """Is a guard in report mode, or off, where users are?"""
    keys = ("STOPPER_MODE", *(f"STOPPER_{c.name.upper()}_MODE" for c in CONTROLS))

    for setting in project.settings(*keys):
        constant = setting.constant
        mode = _mode(constant.value) if constant else None
        path = setting.target.place.path

        if mode is None or rehearsal(setting.scope):
            continue

        yield finding(
            REPORT_IN_PRODUCTION,
            setting.target.place,
            subject(setting),
            confidence=_sure(setting.scope, path),
            mode=mode,
            what=_MEANING[mode],
        )

    for entry in project.entries:
        name = key(entry).upper().removeprefix("FLASK_")
        mode = _mode(entry.value) if name in keys else None

        if mode is not None:
            place, written = where(project, entry)
            yield finding(
                REPORT_IN_PRODUCTION,
                place,
                written,
                confidence=Confidence.LOW if rehearsal(entry.path) else None,
                mode=mode,
                what=_MEANING[mode],
            )


def _sure(scope: str, path: str) -> Confidence:
    if production(scope) or production(path):
        return Confidence.HIGH

    return Confidence.LOW if rehearsal(path) else Confidence.MEDIUM


def _mode(value: object) -> str | None:
    # YAML reads a bare ``off`` as false.
    word = "off" if value is False else str(value).strip().lower()
    return word if word in _MEANING else None
