"""The fixtures that every test may ask for."""

from __future__ import annotations

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs in a browser: coverage and its driver's greenlets do not go together.

    A thread that ends while another one's greenlet is taken away makes Python 3.11 hang
    where it is traced.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
