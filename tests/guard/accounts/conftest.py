"""An empty database of each kind that accounts can be in."""

from __future__ import annotations

import pytest

from guard.tables.conftest import database_url
from guard.tables.conftest import engine
from stopper.guard.tables import schema
from stopper.guard.tables.database import Database

__all__ = ("database", "database_url", "engine")


@pytest.fixture
def database(engine):
    """A database with the tables of accounts, and nobody in them."""
    schema.upgrade(engine)
    return Database(engine)
