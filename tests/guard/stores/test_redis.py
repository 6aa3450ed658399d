from __future__ import annotations

import contextlib
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis

import servers
from stopper.guard.stores.base import StoreDown
from stopper.guard.stores.base import Take
from stopper.guard.stores.redis import RedisStore

from .worker import crowd
from .worker import key
from .worker import NOW
from .worker import session


class Server:
    """A Redis of its own, to stop and to start."""

    def __init__(self, *options: str) -> None:
        self.port = servers.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._options = options
        self._stack = contextlib.ExitStack()
        self.start()

    def start(self) -> None:
        name = servers.program("redis-server", "valkey-server")
        command = [name or servers.missing("Redis"), "--port", str(self.port)]
        command += ["--bind", servers.HOST, "--save", "", *self._options]
        home = self._stack.enter_context(servers.folder())
        self.process = self._stack.enter_context(
            servers.running(command, home, lambda: answers(self.port))
        )

    def stop(self) -> None:
        self._stack.close()


def answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        return told(port, b"PING")[:1] in (b"+", b"-")

    return False


def told(port: int, *words: bytes) -> bytes:
    with socket.create_connection((servers.HOST, port), timeout=5) as s:
        s.sendall(b" ".join(words) + b"\r\n")
        return s.recv(65536)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def store(server: Server) -> Iterator[RedisStore]:
    store = RedisStore(server.url, own_clock=False)
    yield store
    store.close()


@contextlib.contextmanager
def frozen(server: Server) -> Iterator[None]:
    server.process.send_signal(signal.SIGSTOP)

    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def read(store, id):
    return store.trip(key(id), (), NOW).record


def calls(server: Server) -> int:
    text = told(server.port, b"INFO", b"stats").decode()
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(lines["total_reads_processed"])


def test_each_method_is_one_round_trip(server, store):
    store.put(session("warm"), None)
    take = Take("k", 1.0, 5)
    before = calls(server)
    # To ask for the number takes some as well.
    idle = calls(server) - before

    # Each script is known to Redis after its first run.
    for name in ("x", "y"):
        a, b = f"{name}a", f"{name}b"
        todo = [
            lambda a=a: store.put(session(a), None),
            lambda a=a: store.trip(key(a), (take, take, take), NOW),
            lambda a=a: store.put(session(a), 1),
            lambda a=a, b=b: store.replace(key(a), session(b), 2, NOW + 30, NOW),
            lambda a=a: store.trip(key(a), (), NOW),
            lambda b=b: store.touch(key(b), NOW, NOW + 4000),
            lambda: store.of("ann", NOW),
            lambda b=b: store.end(key(b)),
            lambda: store.end_all("ann"),
        ]
        trips = []

        for do in todo:
            before = calls(server)
            do()
            trips.append(calls(server) - before - idle)

    assert trips == [1] * len(todo)


def test_restart_is_survived_without_a_restart_of_the_app(server, store):
    store.put(session("a"), None)
    crowd(lambda n: read(store, "a"), 4)
    server.stop()
    began = time.monotonic()

    for do in (
        lambda: read(store, "a"),
        lambda: store.put(session("b"), None),
        lambda: store.touch(key("a"), NOW, NOW),
        store.probe,
    ):
        with pytest.raises(StoreDown, match="STOPPER_STORE says where it is"):
            do()

    assert time.monotonic() - began < 3
    server.start()
    assert read(store, "a") is None
    assert store.put(session("a"), None)
    assert read(store, "a") == session("a")


def test_restart_between_two_requests_is_not_noticed(server, store):
    for name in ("read", "written"):
        store.put(session("a"), None)
        crowd(lambda n: read(store, "a"), 4)
        server.stop()
        server.start()

        if name == "read":
            assert read(store, "a") is None
        else:
            assert store.put(session("a"), None)


def test_scripts_that_redis_forgot_are_sent_again(server, store):
    store.put(session("a"), None)
    assert told(server.port, b"SCRIPT", b"FLUSH") == b"+OK\r\n"
    assert read(store, "a") == session("a")
    assert store.put(session("a", "2"), 1)


def test_connections_that_redis_closed_are_replaced(server, store):
    for id in "ab":
        store.put(session(id), None)
        crowd(lambda n, id: read(store, id), 4, id)
        told(server.port, b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes")
        assert read(store, id) == session(id)
        told(server.port, b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes")
        assert store.put(session(id, "2"), 1)


def test_late_answer_is_never_taken_for_that_of_the_next_request(server, store):
    for id in "abc":
        store.put(session(id, id), None)

    began = time.monotonic()

    with frozen(server), pytest.raises(StoreDown):
        read(store, "a")

    assert time.monotonic() - began < 3

    for id in "bcab":
        assert read(store, id).data == id


def test_answer_that_an_exception_cut_off_is_never_taken_for_the_next(server, store):
    class Late(BaseException):
        pass

    def late(*args):
        raise Late

    for id in "ab":
        store.put(session(id, id), None)

    before = signal.signal(signal.SIGALRM, late)

    try:
        with frozen(server):
            signal.setitimer(signal.ITIMER_REAL, 0.2)

            with pytest.raises(Late):
                read(store, "a")
    finally:
        signal.signal(signal.SIGALRM, before)

    for id in "bab":
        assert read(store, id).data == id


def test_takes_go_by_the_clock_of_redis(server):
    store = RedisStore(server.url)
    take = Take("k", 1000.0, 2)
    now = time.time()
    waits = [store.trip(None, (take,), n).verdicts[0].wait for n in (0.0, now, 2 * now)]
    assert waits[:2] == [0.0, 0.0]
    assert 990 < waits[2] <= 1000
    store.close()


def test_what_is_past_is_forgotten_by_redis(server, store):
    store.put(session("a", expires=NOW + 0.05, ends=NOW + 0.1), None)
    store.trip(None, (Take("k", 0.01, 1),), NOW)

    with redis.Redis.from_url(server.url) as client:
        names = client.keys("stopper:*")
        ttls = {name.split(b":")[1]: client.pttl(name) for name in names}

    assert sorted(ttls) == [b"s", b"t", b"u"]
    assert all(0 < ttl <= 11_000 for ttl in ttls.values())


def test_full_memory_is_told_and_what_is_there_is_read(server, store):
    store.put(session("a"), None)
    told(server.port, b"CONFIG", b"SET", b"maxmemory", b"1")

    with pytest.raises(StoreDown, match="maxmemory"):
        store.put(session("b"), None)

    assert read(store, "a") == session("a")
    told(server.port, b"CONFIG", b"SET", b"maxmemory", b"0")
    assert store.put(session("b"), None)


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
def test_redis_that_drops_sessions_is_advised_against(server, store, policy):
    assert store.probe() == ""
    told(server.port, b"CONFIG", b"SET", b"maxmemory-policy", policy.encode())
    assert store.probe() == ""
    told(server.port, b"CONFIG", b"SET", b"maxmemory", b"100mb")
    assert f"(maxmemory-policy {policy}): sessions end early" in store.probe()
    told(server.port, b"CONFIG", b"SET", b"maxmemory-policy", b"noeviction")
    assert store.probe() == ""


def test_password_stands_in_no_error():
    server = Server("--requirepass", "s3cret")

    try:
        right = RedisStore(server.url.replace("//", "//:s3cret@"))
        assert right.put(session("a"), None)
        right.close()

        for address in ("//:wr0ng@", "//"):
            with pytest.raises(StoreDown) as error:
                RedisStore(server.url.replace("//", address)).probe()

            assert "wr0ng" not in str(error.value)
            assert f"127.0.0.1:{server.port}" in str(error.value)
    finally:
        server.stop()


def test_socket_of_redis_is_an_address_too():
    with servers.folder() as home:
        server = Server("--unixsocket", f"{home}/redis.sock", "--unixsocketperm", "777")

        try:
            store = RedisStore(f"unix://{home}/redis.sock?db=1")
            assert store.put(session("a"), None)
            assert read(store, "a") == session("a")
            store.close()
        finally:
            server.stop()


#: Keeps a session by redis-py alone: an app may have that one, without our extra.
ALONE = """
import sys

sys.modules["hiredis"] = None

from stopper.guard.stores.redis import RedisStore

store = RedisStore(sys.argv[1])
print(repr(store.probe()), store.trip(b"nobody", (), 0.0).record)
"""


def test_redis_py_does_without_hiredis(server):
    done = subprocess.run(
        [sys.executable, "-c", ALONE, server.url],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "'' None\n", done.stderr


def test_session_that_ended_with_all_others_is_removed(server, store):
    for n in range(1500):
        store.put(session(str(n)), None)

    assert store.end_everything() == 1500
    assert b"stopper:s:" not in told(server.port, b"KEYS", b"stopper:s:*")


def test_many_ids_that_one_session_has_had_cost_no_more_than_one(server, store):
    # Who gets a session a new id again and again holds up Redis for nobody.
    store.put(session("0"), None)

    for n in range(500):
        store.replace(key(str(n)), session(str(n + 1)), n + 1, 0.0, NOW)

    # The script is known to Redis after its first run.
    read(store, "500")

    def commands(do) -> int:
        told(server.port, b"CONFIG", b"RESETSTAT")
        do()
        text = told(server.port, b"INFO", b"commandstats").decode()
        return sum(map(int, re.findall(r"calls=(\d+)", text)))

    first, last = (
        commands(lambda name=name: store.trip(key(name), (), NOW))
        for name in ("0", "499")
    )
    assert first == last
    assert commands(lambda: store.end(key("0"))) < 12
    assert read(store, "500") is None


def test_nothing_waits_for_a_frozen_redis_for_long(server, store):
    store.put(session("a"), None)

    with frozen(server):
        began = time.monotonic()
        failed = []

        def one(n: int) -> None:
            try:
                read(store, "a")
            except StoreDown as e:
                failed.append(e)

        crowd(one, 6)
        assert len(failed) == 6
        assert time.monotonic() - began < 3

    assert read(store, "a") == session("a")
