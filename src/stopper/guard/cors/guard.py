"""Lets named origins alone read answers."""

from __future__ import annotations

from ...controls.cors.control import CORS
from ..base import Guard


class CorsGuard(Guard):
    """Lets named origins alone read answers."""

    control = CORS
