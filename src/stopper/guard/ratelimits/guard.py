"""Counts tries, and refuses those that are too many."""

from __future__ import annotations

from ...controls.ratelimits.control import RATELIMITS
from ..base import Guard


class RateLimitsGuard(Guard):
    """Counts tries, and refuses those that are too many."""

    control = RATELIMITS
