"""Inputs: the promise, its settings and its rules."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode

INPUTS = Control(
    name="inputs",
    promise="Only data of the declared shape reaches a view.",
    rules=(),
    modes=(Mode.ENFORCE, Mode.REPORT, Mode.OFF),
)
