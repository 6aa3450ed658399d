from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from flask import Flask

from stopper.catalogue.error import SettingError
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
