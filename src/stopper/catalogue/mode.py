"""How strictly a control is kept: enforce, report or off."""

from __future__ import annotations

import enum

from .setting import Setting


class Mode(enum.StrEnum):
    """How strictly a control is kept."""

    #: What breaks the promise is refused.
    ENFORCE = "enforce"
    #: What would be refused is let through and becomes an event.
    REPORT = "report"
    #: The guard is not there.
    OFF = "off"


def mode_setting(key: str, modes: tuple[Mode, ...], says: str) -> Setting[str]:
    """Return the setting that chooses among ``modes``; empty means *as the others*."""
    return Setting(
        key=key,
        default="" if key != "STOPPER_MODE" else Mode.ENFORCE.value,
        says=says,
        source="secure by default: strict from the first line",
        choices=tuple(m.value for m in modes),
    )


#: The mode of every control that has none of its own.
MODE = mode_setting(
    "STOPPER_MODE",
    tuple(Mode),
    "How strictly every control is kept that has no mode of its own.",
)

#: The day on which report mode ends.
REPORT_UNTIL: Setting[str] = Setting(
    key="STOPPER_REPORT_UNTIL",
    default="",
    says="The day from which `report` counts as `enforce`, as YYYY-MM-DD; required while a control is in `report`.",
    source="a trial without an end is how a policy stays off for years",
)
