"""Opens the store that the settings name."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Mapping

from flask import Flask

from ...catalogue.error import SettingError
from ...controls.general import STORE
from .base import Store

#: The name of the file in the instance folder.
FILE = "stopper.sqlite"


def opened(app: Flask, config: Mapping[str, t.Any]) -> Store:
    """Return the store of an app, tried by a write.

    :raises StopperError: If it cannot be used, with the setting and the mend.
    """
    address = STORE.read(config) or _default(app)
    store = _made(address, app)
    store.probe()
    return store


def _default(app: Flask) -> str:
    # A test suite leaves no files, and shares nothing from one app to the next.
    return "memory:" if app.testing else f"sqlite:{FILE}"


def _made(address: str, app: Flask) -> Store:
    # A store is imported when it is the one, with the driver that it needs.
    if address.startswith("memory:"):
        from .memory import MemoryStore

        return MemoryStore()

    if address.startswith("sqlite:"):
        from .sqlite import SqliteStore

        return SqliteStore(_path(address, app))

    return MemoryStore()


def _path(address: str, app: Flask) -> str:
    path = address.removeprefix("sqlite:")

    if not path.strip("/") or ":" in path[:1] or "?" in path or "\0" in path:
        raise SettingError(
            "STOPPER_STORE takes the path of a file after sqlite:, as in "
            "'sqlite:/var/lib/shop/stopper.sqlite'; for a store in memory: 'memory:'."
        )

    # Not where the process happens to be started.
    return os.path.join(app.instance_path, path)
