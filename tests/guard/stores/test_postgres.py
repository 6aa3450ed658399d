from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator

import psycopg
import pytest

import servers
from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.base import Take
from stopper.guard.stores.postgres import PostgresStore

from .worker import crowd
from .worker import key
from .worker import NOW
from .worker import session

OTHERS = "FROM pg_stat_activity WHERE application_name = 'stopper'"


@pytest.fixture
def admin(postgres_server) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS ours CASCADE")
        connection.execute("CREATE SCHEMA ours")
        connection.execute("SET search_path = ours")
        yield connection


@pytest.fixture
def url(postgres_server, admin) -> str:
    return f"{postgres_server.url}?options=-c%20search_path%3Dours"


@pytest.fixture
def store(url: str) -> Iterator[PostgresStore]:
    store = PostgresStore(url, own_clock=False)
    yield store
    store.close()


def read(store, id):
    return store.trip(key(id), (), NOW).record


def backends(admin) -> list[int]:
    return [pid for (pid,) in admin.execute(f"SELECT pid {OTHERS}").fetchall()]


def ended(admin) -> None:
    admin.execute(f"SELECT pg_terminate_backend(pid, 5000) {OTHERS}")


def test_options_of_the_address_hold(store, admin):
    assert store.put(session("a"), None)
    assert admin.execute("SELECT count(*) FROM ours.stopper_sessions").fetchone() == (
        1,
    )


def test_connections_that_postgres_closed_are_replaced(store, admin):
    store.put(session("a"), None)
    crowd(lambda n: read(store, "a"), 4)
    ended(admin)
    assert read(store, "a") == session("a")
    crowd(lambda n: read(store, "a"), 4)
    ended(admin)
    assert store.put(session("a", "2"), 1)
    ended(admin)
    assert store.end_everything() == 1


def test_stopped_postgres_is_told_and_found_again():
    with servers.postgres() as server:
        store = PostgresStore(server.url)
        store.put(session("a"), None)
        crowd(lambda n: read(store, "a"), 3)

        with psycopg.connect(server.url) as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone()

        control = [str(server.bin / "pg_ctl"), "-D", data, "-m", "fast", "-w"]
        run = {"check": True, "capture_output": True, "cwd": "/", **servers.identity()}
        subprocess.run([*control, "stop"], **run)
        began = time.monotonic()

        for do in (lambda: read(store, "a"), lambda: store.put(session("b"), None)):
            with pytest.raises(StoreDown, match="STOPPER_STORE says where it is") as e:
                do()

            assert server.password not in str(e.value)

        assert time.monotonic() - began < 3
        options = f"-F -p {server.port} -h {servers.HOST} -k {os.path.dirname(data)}"
        run["capture_output"] = False
        log = ["-o", options, "-l", f"{data}/log"]
        subprocess.run([*control, *log, "start"], stdout=subprocess.DEVNULL, **run)

        try:
            assert read(store, "a") == session("a")
            assert store.put(session("b"), None)
            store.close()
        finally:
            subprocess.run([*control, "stop"], stdout=subprocess.DEVNULL, **run)


def test_late_answer_is_never_taken_for_that_of_the_next_request(store, admin):
    for id in "ab":
        store.put(session(id, id), None)

    (pid,) = backends(admin)
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()

    try:
        with pytest.raises(StoreDown):
            read(store, "a")

        assert time.monotonic() - began < 3.5
        assert read(store, "b").data == "b"
    finally:
        os.kill(pid, signal.SIGCONT)

    for id in "abab":
        assert read(store, id).data == id


def test_answer_that_an_exception_cut_off_is_never_taken_for_the_next(store, admin):
    class Late(BaseException):
        pass

    def late(*args):
        raise Late

    for id in "ab":
        store.put(session(id, id), None)

    (pid,) = backends(admin)
    before = signal.signal(signal.SIGALRM, late)
    os.kill(pid, signal.SIGSTOP)

    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)

        with pytest.raises(Late):
            read(store, "a")
    finally:
        os.kill(pid, signal.SIGCONT)
        signal.signal(signal.SIGALRM, before)

    for id in "bab":
        assert read(store, id).data == id


def test_row_that_someone_locked_is_given_up(store, admin):
    store.put(session("a"), None)

    with admin.transaction():
        admin.execute("SELECT 1 FROM stopper_sessions FOR UPDATE")
        began = time.monotonic()
        assert read(store, "a") == session("a")

        with pytest.raises(StoreDown, match="statement timeout"):
            store.put(session("a", "2"), 1)

        assert time.monotonic() - began < 3.5

    assert store.put(session("a", "2"), 1)


def test_end_of_everything_does_not_wait_for_a_backup(store, admin):
    for n in range(1200):
        store.put(session(str(n)), None)

    store.replace(key("0"), session("new"), 1, NOW + 30, NOW)

    with admin.transaction():
        # What pg_dump holds for as long as it runs.
        admin.execute("SELECT count(*) FROM stopper_sessions")
        assert store.end_everything() == 1200
        assert read(store, "new") is None
        assert read(store, "0") is None

    assert store.end_everything() == 0
    assert store.put(session("0"), None)
    assert store.end_everything() == 1


def test_end_of_everything_that_cannot_be_is_told(store, admin):
    store.put(session("a"), None)

    with admin.transaction():
        admin.execute("SELECT 1 FROM stopper_sessions FOR UPDATE")

        with pytest.raises(StoreDown, match="statement timeout"):
            store.end_everything()

    assert store.end_everything() == 1


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_isolation_that_is_the_database_s_default_fails_no_write(url, admin, level):
    admin.execute(f"ALTER ROLE stopper SET default_transaction_isolation = '{level}'")

    try:
        with contextlib.closing(PostgresStore(url)) as store:
            store.put(session("a"), None)

            for version in range(1, 20):
                won = crowd(lambda n, v: store.put(session("a", str(n)), v), 6, version)
                assert sorted(won) == [False] * 5 + [True]
    finally:
        admin.execute("ALTER ROLE stopper RESET default_transaction_isolation")


def test_takes_go_by_the_clock_of_postgres(url):
    store = PostgresStore(url)
    take = Take("k", 1000.0, 2)
    now = time.time()
    waits = [store.trip(None, (take,), n).verdicts[0].wait for n in (0.0, now, 2 * now)]
    assert waits[:2] == [0.0, 0.0]
    assert 990 < waits[2] <= 1000
    store.close()


def test_takes_in_any_order_never_wait_for_each_other(store):
    one, two = Take("one", 1.0, 1000), Take("two", 1.0, 1000)

    def take(n: int) -> None:
        for _ in range(60):
            store.trip(None, (one, two) if n % 2 else (two, one), NOW)

    crowd(take, 6)
    verdicts = store.trip(None, (one, two), NOW).verdicts
    assert [v.left for v in verdicts] == [1000 - 361] * 2


def test_takes_outlast_a_sweep_in_between(store):
    take = Take("k", 1.0, 1000)

    def work(n: int) -> None:
        for i in range(50):
            if n:
                assert store.trip(None, (take,), NOW + i).verdicts[0].wait == 0.0
            else:
                store.sweep(NOW + 1000)

    crowd(work, 4)


def test_takes_and_sweeps_never_wait_for_each_other_in_a_circle(store):
    def work(n: int) -> None:
        for i in range(60):
            if n < 2:
                store.sweep(NOW + 100_000)
                continue

            step = 1 if n % 2 else -1
            names = [str((i * 7 + n * 3 + at * step) % 20) for at in range(8)]
            store.trip(None, tuple(Take(name, 1.0, 1000) for name in names), NOW)

    crowd(work, 6)


def test_sweep_goes_by_the_clock_of_postgres_as_takes_do(url):
    store = PostgresStore(url)
    take = Take("k", 1000.0, 1)
    store.trip(None, (take,), NOW)
    # The clock of a machine that is a year ahead gives nobody new tries.
    store.sweep(time.time() + 365 * 86400)
    assert store.trip(None, (take,), NOW).verdicts[0].wait > 990
    store.close()


def test_many_counters_are_swept_within_the_time_that_a_statement_has(store, admin):
    store.probe()
    admin.execute(
        "INSERT INTO stopper_counters SELECT convert_to(n::text, 'utf8'), 0 "
        "FROM generate_series(1, 300000) n"
    )
    began = time.monotonic()
    assert store.sweep(NOW)
    assert time.monotonic() - began < 1


def test_tables_of_a_newer_version_are_left_alone(store, url, admin):
    store.probe()
    admin.execute("UPDATE stopper_store SET version = 2")

    with pytest.raises(StoreDown, match="have version 2, this Stopper knows version 1"):
        PostgresStore(url).probe()


def test_tables_that_were_dropped_are_made_anew(store, admin):
    store.put(session("a"), None)
    admin.execute(
        "DROP TABLE stopper_heirs, stopper_sessions, stopper_counters, stopper_store"
    )
    admin.execute("DROP FUNCTION stopper_take")

    with pytest.raises(StoreDown):
        read(store, "a")

    assert read(store, "a") is None
    assert store.put(session("a"), None)


def test_many_processes_that_start_at_once_make_the_tables_once(url):
    def start(n: int) -> bool:
        with contextlib.closing(PostgresStore(url)) as store:
            return store.put(session(str(n)), None)

    assert crowd(start) == [True] * 8


def test_user_without_the_right_to_make_tables_is_told(postgres_server, admin):
    admin.execute("DROP ROLE IF EXISTS poor")
    admin.execute("CREATE ROLE poor LOGIN PASSWORD 'wr0ng'")
    base = postgres_server.url.rpartition("@")[2]

    with pytest.raises(StoreDown, match="may make tables") as error:
        PostgresStore(f"postgresql://poor:wr0ng@{base}").probe()

    assert "wr0ng" not in str(error.value)
    admin.execute("DROP ROLE poor")


def test_session_of_a_request_is_one_statement(store, admin):
    store.put(session("a"), None)
    connection = store._wire._pool.take()
    asked: list[str] = []
    execute = connection.execute
    connection.execute = lambda *a, **k: asked.append(a[0]) or execute(*a, **k)
    store._wire._pool.give(connection)
    store.trip(key("a"), (Take("k", 1.0, 5), Take("l", 1.0, 5)), NOW)
    store.replace(key("a"), session("b"), 1, NOW + 30, NOW)
    assert len(asked) == 2
