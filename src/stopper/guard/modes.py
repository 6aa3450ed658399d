"""Which mode each control is in, today."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from collections.abc import Mapping

from ..catalogue.control import Control
from ..catalogue.error import SettingError
from ..catalogue.mode import MODE
from ..catalogue.mode import Mode
from ..catalogue.mode import REPORT_UNTIL


class Modes:
    """Which mode each control is in; report mode ends on its day, in UTC.

    :param clock: Returns the seconds since 1970.
    :raises SettingError: If ``STOPPER_REPORT_UNTIL`` is no date, or is missing where a
        control is in report mode.
    """

    def __init__(
        self, config: Mapping[str, object], clock: Callable[[], float]
    ) -> None:
        self._config = config
        self._clock = clock
        self._general = MODE.read(config)
        self._until = _day(REPORT_UNTIL.read(config))

    def chosen(self, control: Control) -> Mode:
        """Return the mode that the settings choose, whatever day it is.

        :raises SettingError: If that is report, and no end is set.
        """
        own = (
            control.mode.read(self._config) if control.mode.key in self._config else ""
        )
        mode = Mode(own or self._general)

        if mode not in control.modes:
            return Mode.ENFORCE

        if mode is Mode.REPORT and self._until is None:
            raise SettingError(
                f"{control.mode.key if own else MODE.key} is 'report', and "
                f"{REPORT_UNTIL.key} is not set. It takes the day on which the trial "
                "ends, as YYYY-MM-DD."
            )

        return mode

    def over(self) -> bool:
        """Say whether the day has come from which report counts as enforce."""
        return self._until is not None and self._clock() >= self._until


def _day(text: str) -> float | None:
    if not text:
        return None

    try:
        # Python takes 20270101 and 2027-W01-1 too; a reader of the settings does not.
        day = datetime.datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise SettingError(
            f"{REPORT_UNTIL.key} is {text[:40]!r}, but it takes a day as YYYY-MM-DD."
        ) from None

    return day.replace(tzinfo=datetime.UTC).timestamp()
