"""Settings of other extensions that keep promises of ours, and which values are weak."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

HOUR = 3600
DAY = 24 * HOUR

_UNITS = {"second": 1, "minute": 60, "hour": HOUR, "day": DAY, "week": 7 * DAY}
_SPAN = re.compile(r"(\d+)\s*(second|minute|hour|day|week)s?")


@dataclasses.dataclass(frozen=True, slots=True)
class Guest:
    """One setting of another extension.

    :param library: The module whose import says that the extension is there.
    :param weak: Says of a value whether it is one; a time is in seconds.
    :param because: What a weak value means, after a colon and without a full stop.
    :param better: The value to set, as it is written in the source.
    :param when: The setting without which this one means nothing.
    :param unset: What the extension takes where nothing is set, if that is weak.
    """

    key: str
    library: str
    weak: Callable[[object], bool]
    because: str
    better: str
    when: str = ""
    unset: str = ""


def off(value: object) -> bool:
    """Say whether a value switches something off."""
    return (
        value is None
        or value is False
        or _word(value) in {"false", "0", "no", "off", ""}
    )


def on(value: object) -> bool:
    """Say whether a value switches something on."""
    return value is True or value == 1 or _word(value) in {"true", "1", "yes", "on"}


def below(least: float) -> Callable[[object], bool]:
    """Say of a number whether it is below ``least``."""
    return lambda value: (number := seconds(value)) is not None and number < least


def above(most: float) -> Callable[[object], bool]:
    """Say of a number, or of a time, whether it is above ``most``."""
    return lambda value: (number := seconds(value)) is not None and number > most


def endless(most: float) -> Callable[[object], bool]:
    """Say of a time whether it is above ``most``, or whether there is none."""
    return lambda value: value is None or value is False or above(most)(value)


def seconds(value: object) -> float | None:
    """Return a number, also one in a text such as ``"5 days"``; ``None`` if it is none."""
    if isinstance(value, bool):
        return None

    if isinstance(value, int | float):
        return float(value)

    text = _word(value)

    if text.isdigit():
        return float(text)

    match = _SPAN.fullmatch(text)
    return float(match[1]) * _UNITS[match[2]] if match else None


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else "?"
