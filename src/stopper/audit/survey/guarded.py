"""Which controls Stopper itself keeps in the app that is read."""

from __future__ import annotations

from .deployment import key
from .deployment import rehearsal
from .project import Project

#: The names under which an app makes one.
_NAMES = ("stopper.Stopper", "stopper.guard.stopper.Stopper")


def guarded(project: Project, control: str) -> bool:
    """Say whether the app has a Stopper that enforces this control.

    A mode of ``report`` or ``off`` anywhere but in a rehearsal counts as not enforced:
    what is not seen to be kept is asked about.
    """
    if not any(not c.module.test for c in project.calls(*_NAMES)):
        return False

    own = f"STOPPER_{control.upper()}_MODE"
    modes = {own: _modes(project, own), "STOPPER_MODE": _modes(project, "STOPPER_MODE")}
    # A mode of its own goes over that of all.
    said = modes[own] or modes["STOPPER_MODE"]
    return said <= {"enforce"}


def _modes(project: Project, name: str) -> set[str]:
    found = set()

    for setting in project.settings(name):
        if not rehearsal(setting.scope):
            constant = setting.constant
            found.add(str(constant.value).lower() if constant else "unknown")

    for entry in project.entries:
        if key(entry).upper().removeprefix("FLASK_") == name:
            if not rehearsal(entry.path):
                found.add(str(entry.value).strip().lower())

    return found
