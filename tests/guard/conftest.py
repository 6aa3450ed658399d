"""Every store there is, with nothing in it."""

from __future__ import annotations

import socket
from pathlib import Path

import psycopg
import pytest


@pytest.fixture(params=["memory", "sqlite", "postgres", "redis"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store, once for each kind."""
    return fresh(request, tmp_path)


@pytest.fixture(params=["sqlite", "postgres", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that several processes share, once for each kind."""
    return fresh(request, tmp_path)


def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a store of the kind that the fixture asks for."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path}/stopper.sqlite"

    if request.param == "redis":
        server = request.getfixturevalue("redis_server")
        emptied(server.port)
        return str(server.url)

    if request.param == "postgres":
        url: str = request.getfixturevalue("postgres_server").url

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "DROP TABLE IF EXISTS stopper_heirs, stopper_sessions, "
                "stopper_counters, stopper_store"
            )
            connection.execute("DROP FUNCTION IF EXISTS stopper_take")

        return url

    return "memory:"


def emptied(port: int) -> None:
    """Have a Redis forget everything."""
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.sendall(b"FLUSHALL\r\n")
        assert s.recv(64) == b"+OK\r\n"
