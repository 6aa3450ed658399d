"""Keeps sessions on the server, under an id that is worth little once it is old."""

from __future__ import annotations

from ...controls.sessions.control import SESSIONS
from ..base import Guard


class SessionsGuard(Guard):
    """Keeps sessions on the server, under an id that is worth little once it is old."""

    control = SESSIONS
