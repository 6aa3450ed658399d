"""Refuses what no honest client sends: oversized, malformed or ambiguous requests."""

from __future__ import annotations

from ...controls.inputs.control import INPUTS
from ..base import Guard


class InputsGuard(Guard):
    """Refuses what no honest client sends: oversized, malformed or ambiguous requests."""

    control = INPUTS
