"""An app with accounts on each kind of database, and a user of it."""

from __future__ import annotations

import pytest

from guard.accounts.conftest import database_url
from guard.mfa.site import Site
from stopper.guard.tables import schema
from stopper.guard.tables.engine import engine_of

__all__ = ("database_url",)


@pytest.fixture
def site(database_url):
    """An app with accounts, once on each kind of database."""
    engine = engine_of(database_url, "", "STOPPER_ACCOUNTS_URL")
    schema.upgrade(engine)
    engine.dispose()
    made = Site(database_url)
    yield made
    made.service.engine.dispose()


@pytest.fixture
def ann(site):
    """A user."""
    return site.user()
