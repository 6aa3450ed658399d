"""Opens the store that the settings name."""

from __future__ import annotations

import contextlib
import os
import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping

from flask import Flask

from ...catalogue.error import SettingError
from ...catalogue.error import StartError
from ...controls.general import STORE
from .base import Store
from .base import StoreDown

#: The name of the file in the instance folder.
FILE = "stopper.sqlite"

#: What an address looks like, by its scheme.
SHAPES = {
    "redis": "'redis://name:password@host:6379/0'",
    "rediss": "'rediss://name:password@host:6379/0'",
    "unix": "'unix:///run/redis/redis.sock?db=0'",
    "postgresql": "'postgresql://name:password@host:5432/database'",
}


def opened(
    app: Flask,
    config: Mapping[str, t.Any],
    advise: Callable[[str], object] = str,
    down: Callable[[StoreDown], object] | None = None,
) -> Store:
    """Return the store of an app, tried by a write.

    :param advise: Called with what works and should still be otherwise.
    :param down: Called if the store is down and may be back in a moment: a worker that
        starts while a Redis restarts has to serve those who need no session.
    :raises StopperError: If it cannot be used, with the setting and the mend.
    """
    address = STORE.read(config) or _default(app)
    store = _made(address, app)

    try:
        advice = store.probe()
    except StoreDown as e:
        if down is None or not e.passing:
            raise

        down(e)
    else:
        if advice:
            advise(advice)

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

    if address.startswith("postgresql:"):
        with _driver("PostgreSQL", "postgres"):
            from .postgres import PostgresStore

        return _read(PostgresStore, address)

    with _driver("Redis", "redis"):
        from .redis import RedisStore

    return _read(RedisStore, address)


@contextlib.contextmanager
def _driver(name: str, extra: str) -> Iterator[None]:
    try:
        yield
    except ImportError as e:
        raise StartError(
            f"STOPPER_STORE names {name}, and its driver is not installed: "
            f'pip install "stopper[{extra}]"'
        ) from e


def _read(make: Callable[[str], Store], address: str) -> Store:
    try:
        return make(address)
    except ValueError:
        # What it says may hold the password.
        scheme = address.partition(":")[0]
        raise SettingError(
            f"STOPPER_STORE is an address of {scheme}:// that cannot be read, as in "
            f"{SHAPES[scheme]}; other characters than letters and digits in a name or "
            "password as %-codes."
        ) from None


def _path(address: str, app: Flask) -> str:
    path = address.removeprefix("sqlite:")

    if not path.strip("/") or ":" in path[:1] or "?" in path or "\0" in path:
        raise SettingError(
            "STOPPER_STORE takes the path of a file after sqlite:, as in "
            "'sqlite:/var/lib/shop/stopper.sqlite'; for a store in memory: 'memory:'."
        )

    # Not where the process happens to be started.
    return os.path.join(app.instance_path, path)
