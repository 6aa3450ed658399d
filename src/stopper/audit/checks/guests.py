"""Judges the settings of other extensions, for the controls whose promise they keep."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...controls.guests import Guest
from ...controls.guests import on
from ..finding import Finding
from ..finding import finding
from ..finding import Place
from ..survey.appconfig import AppSetting
from ..survey.deployment import rehearsal
from ..survey.deployment import where
from ..survey.project import Project
from ..survey.site import Site
from ..survey.whole import whole
from .secrets.keys import subject
from .sessions.cookies import duration

#: What is known of no value.
_UNKNOWN = object()


def judged(project: Project, rule: Rule, guests: Iterable[Guest]) -> Iterator[Finding]:
    """Yield where settings are weak, or are left weak.

    ``{what}``, ``{because}`` and ``{better}`` of the rule's message are filled in.
    """
    for guest in guests:
        if guest.library in project.imported:
            yield from _set(project, rule, guest)
            yield from _unset(project, rule, guest)


def weak(
    rule: Rule,
    guest: Guest,
    place: Place,
    name: str,
    what: str,
    confidence: Confidence | None = None,
) -> Finding:
    """Return the finding of a weak setting."""
    return finding(
        rule,
        place,
        name,
        confidence=confidence,
        what=what,
        because=guest.because,
        better=f"{guest.key} = {guest.better}",
    )


def _set(project: Project, rule: Rule, guest: Guest) -> Iterator[Finding]:
    for setting in project.settings(guest.key):
        value = _value(setting.site)
        at = setting.target

        if at.module.test or rehearsal(setting.scope) or value is _UNKNOWN:
            continue

        if guest.weak(value):
            what = f"{subject(setting)} is {_said(setting)}"
            yield weak(rule, guest, at.place, subject(setting), what)

    for entry in project.configured(guest.key):
        if guest.weak(entry.value) and not rehearsal(entry.path):
            place, name = where(project, entry)
            yield weak(rule, guest, place, name, f"{guest.key} is {entry.value!r}")


def _value(site: Site) -> object:
    constant = site.constant

    if constant is not None:
        return constant.value

    span = duration(site)
    return _UNKNOWN if span is None else span


def _said(setting: AppSetting) -> str:
    constant = setting.constant
    return repr(constant.value) if constant is not None else setting.site.source


def _unset(project: Project, rule: Rule, guest: Guest) -> Iterator[Finding]:
    """Yield where the extension is at work, and its own weak default stays."""
    said = any(True for _ in project.settings(guest.key))
    told = any(True for _ in project.configured(guest.key))

    if said or told or not guest.unset or not whole(project):
        return

    what = f"{guest.key} is not set, so it is {guest.unset}"

    for site, name in _places(project, guest):
        yield weak(rule, guest, site.place, name, what, Confidence.LOW)
        return


def _places(project: Project, guest: Guest) -> Iterator[tuple[Site, str]]:
    """Yield where the extension, or the part of it, is switched on."""
    if guest.when:
        for setting in project.settings(guest.when):
            constant = setting.constant

            if constant is not None and on(constant.value):
                if not setting.target.module.test:
                    yield setting.target, subject(setting)

        return

    for call in project.calls(
        "flask_security.Security", "flask_security.core.Security"
    ):
        if not call.module.test:
            yield call, call.written
