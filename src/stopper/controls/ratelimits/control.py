"""Rate limits: the promise, its settings and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode

RATELIMITS = Control(
    name="ratelimits",
    promise="Nobody gets unlimited tries.",
    rules=(),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
