from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from stopper.guard.stores import sqlite_file
from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.base import SWEPT
from stopper.guard.stores.base import Take
from stopper.guard.stores.rows import COLUMNS
from stopper.guard.stores.rows import fields
from stopper.guard.stores.sqlite import SqliteStore

from .worker import crowd
from .worker import key
from .worker import made
from .worker import NOW
from .worker import session

SRC = Path(__file__).parents[3] / "src"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stopper.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(str(path))
    yield store
    store.close()


@pytest.fixture
def seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "LOOK", 0.0)


def read(store, id):
    return store.trip(key(id), (), NOW).record


def test_read_of_a_session_is_one_select_and_no_write(store, path):
    store.put(session("a"), None)
    said: list[str] = []
    connection = store._pool.take()
    connection.set_trace_callback(said.append)
    store._pool.give(connection)
    before = path.with_name(f"{path.name}-wal").stat().st_size
    assert read(store, "a") == session("a")
    assert [s.split()[0] for s in said] == ["SELECT"]
    assert path.with_name(f"{path.name}-wal").stat().st_size == before


def test_transaction_takes_its_turn_before_it_reads(store):
    # Else what it read may be old when it writes, and SQLite refuses at once.
    store.probe()
    said: list[str] = []
    connection = store._pool.take()
    connection.set_trace_callback(said.append)
    store._pool.give(connection)
    store.trip(None, (Take("k", 1.0, 1),), NOW)
    assert [s.split()[0] for s in said] == ["BEGIN", "SELECT", "INSERT", "COMMIT"]
    assert said[0] == "BEGIN IMMEDIATE"


@pytest.mark.parametrize(
    "ended",
    [
        lambda store: store.end(key("a")),
        lambda store: store.end_all("ann"),
        lambda store: store.end_everything(),
        lambda store: store.replace(key("a"), session("b"), 2, 0.0, NOW),
        lambda store: store.trip(key("old"), (), NOW + 31),
    ],
)
def test_what_was_ended_stays_so_when_the_power_fails(store, ended):
    store.put(session("old"), None)
    store.replace(key("old"), session("a"), 1, NOW + 30, NOW)
    said: list[str] = []
    connection = store._pool.take()
    connection.set_trace_callback(said.append)
    store._pool.give(connection)
    ended(store)
    # SQLite waits for the disk at each COMMIT under FULL alone.
    assert said.index("PRAGMA synchronous = FULL") < said.index("COMMIT")
    assert said[-1] == "PRAGMA synchronous = NORMAL"


def test_locked_file_is_read_and_its_writers_give_up(store, path):
    store.put(session("a"), None)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert read(store, "a") == session("a")
    began = time.monotonic()

    with pytest.raises(StoreDown, match=r"locked by another process for 2 seconds"):
        store.put(session("b"), None)

    with pytest.raises(StoreDown, match="locked"):
        store.trip(None, (Take("k", 1.0, 1),), NOW)

    assert time.monotonic() - began < 6
    other.execute("ROLLBACK")
    other.close()
    assert store.put(session("b"), None)
    assert read(store, "b") == session("b")


def test_full_disk_is_told_and_leaves_what_is_there(store):
    store.put(session("a"), None)
    connection = store._pool.take()
    connection.execute("PRAGMA max_page_count = 20")
    store._pool.give(connection)

    with pytest.raises(StoreDown, match="the disk is full"):
        store.put(session("b", "x" * 1_000_000), None)

    assert read(store, "a") == session("a")
    assert read(store, "b") is None
    assert store.put(session("b", "x" * 1_000_000), None)


def checkpoint(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()


def test_file_replaced_by_garbage_is_told_and_mended_without_a_restart(
    store, path, seen_at_once, tmp_path
):
    store.put(session("a"), None)
    # Without it SQLite would take all that counts from the log.
    checkpoint(path)
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"this is no database" * 1000)
    os.replace(garbage, path)

    for _ in range(2):
        with pytest.raises(StoreDown, match="damaged or no SQLite file"):
            read(store, "a")

    for left in tmp_path.glob("stopper.sqlite*"):
        left.unlink()

    assert read(store, "a") is None
    assert store.put(session("a"), None)
    assert made(f"sqlite:{path}").trip(key("a"), (), NOW).record == session("a")


def test_file_that_is_deleted_is_made_anew(store, path, seen_at_once):
    store.put(session("a"), None)
    path.unlink()
    assert read(store, "a") is None
    assert store.put(session("a"), None)
    assert path.exists()


def test_request_that_was_under_way_brings_no_deleted_file_back(
    store, path, seen_at_once
):
    store.put(session("a"), None)

    with store._connection():
        path.unlink()
        assert read(store, "a") is None
        store.put(session("b"), None)

    for _ in range(3):
        assert read(store, "a") is None
        assert read(store, "b") is not None


@pytest.mark.parametrize("size", [50, 100, 5000])
def test_half_a_file_is_refused(path, size, tmp_path):
    store = SqliteStore(str(tmp_path / "whole"))
    store.put(session("a"), None)
    store.close()
    path.write_bytes((tmp_path / "whole").read_bytes()[:size])

    with pytest.raises(StoreDown, match="damaged or no SQLite file"):
        SqliteStore(str(path)).probe()


def test_file_of_something_else_is_left_alone(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE users (name)")
    other.commit()
    other.close()
    before = path.read_bytes()

    with pytest.raises(StoreDown, match="is a SQLite file of something else"):
        SqliteStore(str(path)).probe()

    assert path.read_bytes() == before


def test_file_of_a_newer_version_is_left_alone(store, path):
    store.probe()
    store.close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 2")
    other.close()

    with pytest.raises(StoreDown, match="tables of version 2, this Stopper knows"):
        SqliteStore(str(path)).probe()


@pytest.mark.parametrize("there", [True, False])
def test_folder_that_may_not_be_written_to_is_told(there):
    with servers.folder() as home:
        path = home / "stopper.sqlite"

        if there:
            asked(path, check=True)

        for part in (*home.iterdir(), home):
            part.chmod(0o500 if part == home else 0o400)

        said = asked(path)
        assert "StoreDown" in said
        assert f"The store {path}" in said
        assert "set STOPPER_STORE to another file" in said
        home.chmod(0o700)


def asked(path: Path, check: bool = False) -> str:
    # Who may read the interpreter may read everything, so the rights go later.
    code = (
        "import os, sys; from stopper.guard.stores.sqlite import SqliteStore as S\n"
        "os.getuid() or os.setgroups([])\n"
        "os.getuid() or (os.setgid(int(sys.argv[2])), os.setuid(int(sys.argv[3])))\n"
        "S(sys.argv[1]).probe()"
    )
    user, group = servers.unprivileged() or (os.getuid(), os.getgid())
    done = subprocess.run(
        [sys.executable, "-c", code, path, str(group), str(user)],
        check=check,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SRC)},
        cwd="/",
    )
    return done.stderr


def test_sweep_holds_up_a_request_for_a_part_of_what_is_past_at_most(store):
    past = [session(str(n), expires=NOW + 1) for n in range(2 * SWEPT)]
    columns = ",".join("?" * 8)

    with store._writing() as connection:
        connection.executemany(
            f"INSERT INTO sessions ({COLUMNS}) VALUES ({columns})",
            [(*fields(one), 1) for one in past],
        )

    assert store.sweep(NOW + 10)
    assert store.end_everything() == SWEPT


def test_log_does_not_grow_without_end(store, path):
    store.put(session("a"), None)

    def write(n: int) -> None:
        for i in range(150):
            store.put(session(f"{n}-{i}", "x" * 20_000), None)
            assert read(store, "a") is not None

    crowd(write, 4)
    # Where a reader was in the way last, the next who writes alone cuts it.
    write(4)
    assert path.with_name(f"{path.name}-wal").stat().st_size < 9 * 1024 * 1024


def test_many_threads_open_no_more_connections_than_are_used_at_once(store):
    store.put(session("a"), None)

    for _ in range(20):
        crowd(lambda n: read(store, "a"), 3)

    assert len(store._pool._free) <= 3


def test_interrupted_write_is_undone(store):
    store.put(session("a"), None)

    def write() -> None:
        with store._writing() as connection:
            connection.execute("DELETE FROM sessions")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()

    assert read(store, "a") == session("a")
    assert store.put(session("b"), None)


def test_a_store_that_nobody_has_any_more_has_closed_its_connections(tmp_path):
    from stopper.guard.stores.sqlite import SqliteStore

    store = SqliteStore(str(tmp_path / "store.sqlite"))
    store.probe()
    (connection,) = store._pool._free
    del store
    gc.collect()

    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.execute("SELECT 1")
