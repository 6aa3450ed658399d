"""Counting by many at once, in a database, and while there is no store."""

from __future__ import annotations

import multiprocessing
import secrets
import socket
import sqlite3
import threading

import pytest
from flask import Flask

from alone import alone
from stopper import Stopper
from stopper.guard.events import event
from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.memory import MemoryStore

SEVERAL = {"wsgi.multiprocess": True}


class Failing(MemoryStore):
    """A store that can be taken away, and counts the takes that it was asked for."""

    shared = True

    def __init__(self):
        super().__init__()
        self.down = False
        self.asked = []

    def trip(self, id, takes, now):
        if self.down:
            raise StoreDown("It is away.")

        self.asked += [take.key for take in takes]
        return super().trip(id, takes, now)


class Database(Failing):
    """A store in which a take is a write."""

    counts = False


@pytest.fixture
def app(tmp_path):
    app = Flask("stores", root_path=str(tmp_path), instance_path=str(tmp_path / "i"))
    app.secret_key = "for this test alone"
    app.testing = True
    alone(app, "ratelimits")
    app.stopper = Stopper(app, clock=lambda: 1_800_000_000.0)
    app.add_url_rule("/login", "login", lambda: "in", methods=["POST"])
    app.add_url_rule("/", "index", lambda: "page")
    return app


@pytest.fixture
def happened():
    found = []

    def receive(sender, event):
        found.append(event.name)

    event.connect(receive)
    yield found
    event.disconnect(receive)


def keep_in(app, store):
    app.extensions["stopper"].settle().house.store = store
    return store


def statuses(app, path, times, **more):
    client = app.test_client()
    return [client.open(path, **more).status_code for _ in range(times)]


@pytest.mark.parametrize("round", range(5))
def test_tries_at_the_same_time_are_never_more_than_the_limit(app, round):
    barrier = threading.Barrier(16)
    seen = []

    def guess():
        client = app.test_client()
        barrier.wait()
        seen.extend(client.post("/login").status_code for _ in range(4))

    threads = [threading.Thread(target=guess) for _ in range(16)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert (seen.count(200), seen.count(429)) == (10, 54)


def test_without_the_store_half_the_tries_at_a_login_are_left(app, happened):
    store = keep_in(app, Failing())
    store.down = True

    assert statuses(app, "/login", 8, method="POST") == [200] * 5 + [429] * 3
    assert happened.count("counted-alone") == 1


def test_without_the_store_everything_else_is_open(app, happened):
    app.add_url_rule("/x", "x", app.stopper.limit("1/hour")(lambda: "x"))
    app.add_url_rule("/u", "u", app.stopper.limit("1/hour", per="user")(lambda: "u"))
    store = keep_in(app, Failing())
    store.down = True

    assert statuses(app, "/x", 5) == [200] * 5
    assert statuses(app, "/u", 5) == [200] * 5
    assert happened.count("not-counted") == 1


def test_a_second_trip_that_fails_leaves_a_login_strict(app):
    limit = app.stopper.limit("4/hour", per="route")
    app.add_url_rule("/signin", "signin", limit(lambda: "in"), methods=["POST"])
    store = keep_in(app, Failing())
    store.down = True

    assert statuses(app, "/signin", 4, method="POST") == [200, 200, 429, 429]


def test_the_store_counts_again_once_it_is_back(app):
    store = keep_in(app, Failing())
    store.down = True
    statuses(app, "/login", 8, method="POST")
    store.down = False

    assert statuses(app, "/login", 12, method="POST") == [200] * 10 + [429] * 2


def test_a_database_is_not_asked_for_every_request(app):
    app.config["STOPPER_LIMIT_ALL"] = "3/minute"
    store = keep_in(app, Database())

    assert statuses(app, "/", 4) == [200] * 3 + [429]
    assert store.asked == []


def test_a_database_is_asked_for_logins(app):
    app.config["STOPPER_LIMIT_ALL"] = "100/minute"
    store = keep_in(app, Database())

    assert statuses(app, "/login", 1, method="POST") == [200]
    assert len(store.asked) == 2


def test_a_fast_store_counts_every_request(app):
    app.config["STOPPER_LIMIT_ALL"] = "3/minute"
    store = keep_in(app, Failing())

    assert statuses(app, "/", 4) == [200] * 3 + [429]
    assert len(store.asked) == 4


def test_a_key_in_the_store_is_short_and_tells_no_user(app):
    app.stopper.identity(lambda: "ann@example.org" * 50)
    limit = app.stopper.limit("9/hour", per="user")
    app.add_url_rule("/x", "x", limit(lambda: "x"))
    store = keep_in(app, Failing())
    statuses(app, "/x", 1)

    assert [len(key) < 64 for key in store.asked] == [True]
    assert "ann" not in store.asked[0]


def test_two_apps_in_one_store_count_apart(app):
    store = keep_in(app, Failing())
    other = Flask("another")
    other.testing = True
    alone(other, "ratelimits")
    Stopper(other, clock=lambda: 1_800_000_000.0)
    other.add_url_rule("/login", "login", lambda: "in", methods=["POST"])
    keep_in(other, store)
    statuses(app, "/login", 10, method="POST")

    assert statuses(other, "/login", 1, method="POST") == [200]


def test_counters_do_not_pile_up_where_no_session_is_written(tmp_path):
    now = [1_800_000_000.0]
    path = tmp_path / "counters.sqlite"
    app = Flask("piles", instance_path=str(tmp_path))
    app.config["STOPPER_STORE"] = f"sqlite:{path}"
    app.testing = True
    alone(app, "ratelimits")
    Stopper(app, clock=lambda: now[0])
    app.add_url_rule("/login", "login", lambda: "in", methods=["POST"])

    for n in range(20):
        where = {"REMOTE_ADDR": f"2001:db8:0:{n}::1"}
        assert statuses(app, "/login", 1, method="POST", environ_overrides=where)

    now[0] += 86_400
    statuses(app, "/login", 1, method="POST")

    with sqlite3.connect(path) as database:
        (left,) = database.execute("SELECT count(*) FROM counters").fetchone()

    # Those of the last one: a minute's and an hour's.
    assert left == 2


# Several processes


@pytest.fixture
def served(app):
    """An app outside of a test, with its counters in memory."""
    app.testing = False
    app.config["STOPPER_STORE"] = "memory:"
    return app


def asked(app):
    return app.test_client().get("/", environ_overrides=SEVERAL)


def test_several_processes_that_count_apart_do_not_start(served, caplog):
    assert asked(served).status_code == 500
    assert "STOPPER_STORE" in caplog.text
    assert asked(served).status_code == 500


def test_several_processes_with_a_shared_store_start(served, tmp_path):
    served.config["STOPPER_STORE"] = f"sqlite:{tmp_path / 'shared.sqlite'}"

    assert asked(served).status_code == 200


def test_several_processes_start_where_nothing_is_limited(served):
    served.config["STOPPER_LIMIT_LOGIN"] = ""

    assert asked(served).status_code == 200


def test_several_processes_are_told_in_report_mode(served, happened):
    served.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2030-01-01")

    assert asked(served).status_code == 200
    assert happened.count("counters-apart") == 1


@pytest.mark.parametrize("relaxed", ["testing", "debug"])
def test_under_tests_and_in_debug_several_processes_start(served, relaxed):
    setattr(served, relaxed, True)

    assert asked(served).status_code == 200


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def address(request, tmp_path):
    """The address of a store that several processes share."""
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'shared.sqlite'}"

    server = {"redis": "redis_server", "postgresql": "postgres_server"}[request.param]
    return request.getfixturevalue(server).url


def test_processes_that_share_a_store_count_together(address):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(6)
    queue = context.Queue()
    # The servers are those of other tests too.
    name = f"stores{secrets.token_hex(4)}"
    processes = [
        context.Process(target=guess_in_a_process, args=(name, address, barrier, queue))
        for _ in range(3)
    ]
    [process.start() for process in processes]
    seen = [status for _ in processes for status in queue.get(timeout=120)]
    [process.join() for process in processes]

    assert (seen.count(200), seen.count(429)) == (10, 38)


def guess_in_a_process(name, address, barrier, queue):
    """Try sixteen times, in two threads, at the same moment as the others."""
    app = Flask(name)
    app.config.update(STOPPER_STORE=address, STOPPER_LIMIT_LOGIN="10/day")
    app.testing = True
    alone(app, "ratelimits")
    Stopper(app)
    app.add_url_rule("/login", "login", lambda: "in", methods=["POST"])
    seen = []

    def guess():
        client = app.test_client()
        client.get("/")
        barrier.wait(100)
        seen.extend(client.post("/login").status_code for _ in range(8))

    threads = [threading.Thread(target=guess) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    queue.put(seen)


def test_a_redis_that_is_away_leaves_logins_half_the_tries(happened):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        app = Flask("away")
        app.config["STOPPER_STORE"] = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
        app.config["STOPPER_LIMIT_ALL"] = "3/minute"
        app.testing = True
        alone(app, "ratelimits")
        Stopper(app, clock=lambda: 1_800_000_000.0)
        app.add_url_rule("/login", "login", lambda: "in", methods=["POST"])
        app.add_url_rule("/", "index", lambda: "page")

        assert statuses(app, "/", 5) == [200] * 5
        # Half of three: the limit of all holds here too, and one try is the least.
        assert statuses(app, "/login", 3, method="POST") == [200, 429, 429]

    assert happened.count("not-counted") == happened.count("counted-alone") == 1


@pytest.mark.parametrize("limit", ["", "100/minute"])
def test_on_trial_a_store_that_cannot_be_used_refuses_nobody(app, limit):
    app.config.update(
        STOPPER_STORE="sqlite:/dev/null/store.sqlite",
        STOPPER_LIMIT_ALL=limit,
        STOPPER_RATELIMITS_MODE="report",
        STOPPER_REPORT_UNTIL="9999-12-31",
    )

    assert statuses(app, "/login", 2, method="POST") == [200, 200]
    assert statuses(app, "/", 2) == [200, 200]


def test_a_store_that_cannot_be_used_refuses_to_start(app):
    app.config.update(STOPPER_STORE="sqlite:/dev/null/store.sqlite", TESTING=True)

    with pytest.raises(StoreDown, match="STOPPER_STORE"):
        statuses(app, "/", 1)
