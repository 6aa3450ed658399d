from __future__ import annotations

import os
import stat
import sys
import traceback
from pathlib import Path

import pytest
import redis
from flask import Flask

from stopper.catalogue.error import SettingError
from stopper.catalogue.error import StartError
from stopper.catalogue.event import Action
from stopper.catalogue.event import Event
from stopper.guard import events
from stopper.guard.house import House
from stopper.guard.identity import Identity
from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.memory import MemoryStore
from stopper.guard.stores.open import opened

from .worker import key
from .worker import NOW
from .worker import session


def made(tmp_path: Path, testing: bool = False) -> Flask:
    app = Flask("shop", instance_path=str(tmp_path / "instance"))
    app.testing = testing
    return app


def test_sessions_stand_in_a_file_of_the_instance_folder(tmp_path):
    store = opened(made(tmp_path), {})
    assert store.put(session("a"), None)
    assert opened(made(tmp_path), {}).trip(key("a"), (), NOW).record == session("a")
    folder = tmp_path / "instance"
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()}
    assert modes == dict.fromkeys(
        ["stopper.sqlite", "stopper.sqlite-wal", "stopper.sqlite-shm"], 0o600
    )


def test_test_suite_leaves_no_file(tmp_path):
    store = opened(made(tmp_path, testing=True), {})
    assert isinstance(store, MemoryStore)
    assert list(tmp_path.iterdir()) == []


def test_path_is_relative_to_the_instance_folder(tmp_path):
    opened(made(tmp_path), {"STOPPER_STORE": "sqlite:data/s.db"})
    assert (tmp_path / "instance" / "data" / "s.db").exists()
    opened(made(tmp_path), {"STOPPER_STORE": f"sqlite:{tmp_path}/other.db"})
    assert (tmp_path / "other.db").exists()


@pytest.mark.parametrize(
    "address", ["sqlite:", "sqlite://", "sqlite::memory:", "sqlite:/a?mode=ro"]
)
def test_address_without_a_file_is_refused(tmp_path, address):
    with pytest.raises(SettingError, match="STOPPER_STORE takes the path"):
        opened(made(tmp_path), {"STOPPER_STORE": address})


def test_folder_that_cannot_be_made_names_the_setting(tmp_path):
    (tmp_path / "instance").write_text("a file")

    with pytest.raises(StoreDown, match="set STOPPER_STORE to another file"):
        opened(made(tmp_path), {})


@pytest.mark.parametrize(
    ("address", "module", "command"),
    [
        ("redis://localhost:1/0", "redis", 'pip install "stopper\\[redis\\]"'),
        ("unix:///nowhere", "redis", 'pip install "stopper\\[redis\\]"'),
        ("postgresql://h/d", "psycopg", 'pip install "stopper\\[postgres\\]"'),
    ],
)
def test_missing_driver_names_the_command(
    tmp_path, monkeypatch, address, module, command
):
    for name in ("redis", "redis_wire", "postgres", "postgres_wire", "postgres_tables"):
        monkeypatch.delitem(sys.modules, f"stopper.guard.stores.{name}", raising=False)

    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(StartError, match=command):
        opened(made(tmp_path), {"STOPPER_STORE": address})


@pytest.mark.parametrize(
    "address", ["redis://:s3cret@h:port/0", "postgresql://a:s3cret@h:1:2/d?nonsense=1"]
)
def test_address_that_cannot_be_read_is_refused_without_its_password(tmp_path, address):
    with pytest.raises(SettingError, match="cannot be read, as in") as error:
        opened(made(tmp_path), {"STOPPER_STORE": address})

    assert "s3cret" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    "address", ["redis://127.0.0.1:1/0", "postgresql://127.0.0.1:1/d"]
)
def test_server_that_is_not_there_is_told_at_start(tmp_path, address):
    with pytest.raises(StoreDown, match=r"127\.0\.0\.1:1.*STOPPER_STORE says where"):
        opened(made(tmp_path), {"STOPPER_STORE": address})


def test_advice_of_a_store_is_an_event(tmp_path, redis_server):
    app = made(tmp_path, testing=True)
    app.config["STOPPER_STORE"] = redis_server.url
    told: list[Event] = []

    def hear(sender: object, event: Event) -> None:
        told.append(event)

    with (
        redis.Redis.from_url(redis_server.url) as client,
        events.event.connected_to(hear),
    ):
        client.config_set("maxmemory", "100mb")
        client.config_set("maxmemory-policy", "allkeys-lru")
        house = House(app, object(), Identity())

        try:
            house.store.close()
        finally:
            client.config_set("maxmemory", "0")
            client.config_set("maxmemory-policy", "noeviction")

    assert [(e.name, e.action) for e in told] == [("store-advice", Action.NOTED)]
    assert "maxmemory-policy allkeys-lru" in told[0].message
