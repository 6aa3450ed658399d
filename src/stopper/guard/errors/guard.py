"""Answers errors with a page that tells the visitor nothing but an incident id."""

from __future__ import annotations

from ...controls.errors.control import ERRORS
from ..base import Guard


class ErrorsGuard(Guard):
    """Answers errors with a page that tells the visitor nothing but an incident id."""

    control = ERRORS
