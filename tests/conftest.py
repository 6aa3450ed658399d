"""The fixtures that every test may ask for."""

from __future__ import annotations

from servers import browser
from servers import console
from servers import context_options
from servers import page
from servers import postgres_server
from servers import redis_server

__all__ = (
    "browser",
    "console",
    "context_options",
    "page",
    "postgres_server",
    "redis_server",
)
