"""Keeps redirects on our own site."""

from __future__ import annotations

from ...controls.redirects.control import REDIRECTS
from ..base import Guard


class RedirectsGuard(Guard):
    """Keeps redirects on our own site."""

    control = REDIRECTS
