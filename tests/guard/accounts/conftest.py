"""An empty database of each kind that accounts can be in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from guard.tables.conftest import database_url
from guard.tables.conftest import engine
from stopper.guard.tables import schema
from stopper.guard.tables.database import Database
from stopper.testing import Events
from stopper.testing import events
from stopper.testing import mails

from .site import Clock
from .site import made
from .site import Site

__all__ = ("database", "database_url", "engine")


@pytest.fixture
def database(engine):
    """A database with the tables of accounts, and nobody in them."""
    schema.upgrade(engine)
    return Database(engine)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config() -> dict[str, object]:
    """More settings of the site. A test overrides it to ask for them."""
    return {}


@pytest.fixture
def site(database, database_url, tmp_path, clock, config) -> Iterator[Site]:
    """An app with accounts in a database of each kind."""
    app = made(str(tmp_path), clock, STOPPER_ACCOUNTS_URL=database_url, **config)
    found = Site(app, clock)

    with mails(app) as sent:
        found.mails = sent
        found.watch()
        yield found

    found.service.engine.dispose()


@pytest.fixture
def happened(site) -> Iterator[Events]:
    """What happened at the site."""
    with events(site.app) as found:
        yield found
