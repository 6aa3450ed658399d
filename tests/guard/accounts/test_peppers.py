"""An app does not start with stored hashes whose pepper is gone."""

from __future__ import annotations

import base64

import pytest

from stopper.catalogue.error import StartError
from stopper.guard.accounts import people

from .site import ANN
from .site import Clock
from .site import made
from .site import PASSWORD


def pepper(id):
    return f"{id}:{base64.b64encode(id.encode().ljust(32, b'.')).decode()}"


@pytest.fixture
def start(database, database_url, tmp_path):
    """Start the app with peppers, and return its accounts."""
    started = []

    def start(*ids, **more):
        config = {"STOPPER_ACCOUNTS_URL": database_url, **more}
        peppers = [pepper(id) for id in ids]
        app = made(str(tmp_path), Clock(), STOPPER_PASSWORD_PEPPERS=peppers, **config)
        started.append(app.extensions["stopper.accounts"])
        return started[-1]

    yield start

    for service in started:
        service.engine.dispose()


def add(service, address=ANN):
    with service.database.writing() as sql:
        hash = service.passwords.hash(PASSWORD)
        return service.people.add(sql, address, hash, "", 1.0).id


@pytest.mark.parametrize("scheme", ["argon2id", "bcrypt"])
def test_a_pepper_that_is_gone_stops_the_start(start, scheme):
    add(start("2026", STOPPER_PASSWORD_SCHEME=scheme))

    with pytest.raises(StartError, match="'2026', and STOPPER_PASSWORD_PEPPERS"):
        _ = start("2027").database

    with pytest.raises(StartError, match="STOPPER_PASSWORD_PEPPERS"):
        _ = start().database


def test_a_pepper_that_is_there_does_not(start):
    add(start("2026"))

    assert start("2027", "2026").database


def test_hashes_without_one_and_nobody_do_not(start):
    assert start("2026").database
    add(start())
    add(start("2026"), "bob@notes.example")

    assert start("2026").database


def test_a_pepper_whose_id_begins_another_one_is_none_of_it(start):
    add(start("2026.1"))

    with pytest.raises(StartError):
        _ = start("2026").database


def test_the_look_is_one_statement_over_so_many_hashes(start, monkeypatch):
    service = start()
    add(service)
    add(start("2026"), "bob@notes.example")
    monkeypatch.setattr(people, "LOOKED_AT", 1)

    with service.database.reading() as sql:
        assert service.people.hash_of_another_pepper(sql, ()) == ""
