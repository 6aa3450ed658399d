"""Why a try is refused, in the developer's and in the visitor's words."""

from __future__ import annotations

import math

from ..refusal import Refusal
from ..stores.base import Verdict
from .limit import Limit


def too_many_tries(limit: Limit, verdict: Verdict) -> Refusal:
    """Return the refusal of a try that is one too many, with how long to wait."""
    wait = max(1, math.ceil(verdict.wait))
    name = f"{limit.name}, of {limit.setting}" if limit.setting else limit.name
    return Refusal(
        name="too-many-tries",
        status=429,
        message=f"More than {limit.rate} by one {limit.per} ({name}).",
        says=f"Too many requests. Try again in {wait} seconds.",
        headers=(("Retry-After", str(wait)),),
        details={
            "policy": limit.name,
            "limit": str(limit.rate),
            "per": limit.per,
            "wait": wait,
        },
    )
