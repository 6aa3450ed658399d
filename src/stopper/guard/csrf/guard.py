"""Refuses what another site sends in a user's name."""

from __future__ import annotations

from ...controls.csrf.control import CSRF
from ..base import Guard


class CsrfGuard(Guard):
    """Refuses what another site sends in a user's name."""

    control = CSRF
