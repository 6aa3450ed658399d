"""An empty database of each kind that accounts can be in."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine

from stopper.guard.tables.engine import engine_of


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> str:
    """The address of an empty database, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/accounts.sqlite"

    url: str = request.getfixturevalue("postgres_server").url

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")

    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine of an empty database."""
    made = engine_of(database_url, "", "STOPPER_ACCOUNTS_URL")
    yield made
    made.dispose()
