"""The catalogue: every control, by name."""

from __future__ import annotations

from ..catalogue.control import Control

CONTROLS: tuple[Control, ...] = ()
