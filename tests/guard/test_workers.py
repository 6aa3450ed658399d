"""Two workers behind a socket, and what happens when their store goes away."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest
import trustme

import servers
import stopper

APP = """\
import os
from flask import Flask, session
from stopper import Stopper

def clock():
    return float(open(os.environ["CLOCK"]).read())

app = Flask("workers", instance_path=os.environ["HOME"])
app.secret_key = "the workers share this one: 6f1d"
app.config.update(STOPPER_ORIGIN=os.environ["ORIGIN"], STOPPER_STORE=os.environ["STORE"])
app.config["STOPPER_AUTHORIZATION_MODE"] = "off"

@app.post("/login")
def login():
    session["user_id"] = "ada"
    return "in"

@app.post("/logout")
def logout():
    session.clear()
    return "out"

@app.get("/me")
def me():
    return session.get("user_id", "nobody")

@app.get("/open")
def open_to_all():
    return "open"

@app.post("/write/<key>")
def write(key):
    session[key] = 1
    return sorted(session)

Stopper(app, clock=clock)
"""

AUTHORITY = trustme.CA()
START = 1_800_000_000.0


class Site:
    """The app behind two workers, and what a browser asks of it."""

    def __init__(self, port, home):
        self.origin = f"https://127.0.0.1:{port}"
        self._port = port
        self._tls = ssl.create_default_context()
        AUTHORITY.configure_trust(self._tls)
        self.home = home

    def ask(self, method, path, cookie="", **headers):
        """Return the status, the text and the headers of an answer."""
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin}
        sent = {**sent, "Cookie": cookie} if cookie else sent
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        wire = http.client.HTTPSConnection(
            "127.0.0.1", self._port, timeout=20, context=self._tls
        )

        with contextlib.closing(wire):
            wire.request(method, path, headers=sent)
            answer = wire.getresponse()
            return answer.status, answer.read().decode(), answer.headers

    def login(self):
        """Log in, and return the cookie."""
        status, text, headers = self.ask("POST", "/login")
        assert (status, text) == (200, "in")
        return headers["Set-Cookie"].partition(";")[0]

    def clock(self, now):
        """Set the workers' clock, at once for both."""
        file = self.home / "clock.new"
        file.write_text(repr(now))
        file.replace(self.home / "clock")

    def events(self):
        """Return what the workers logged as events."""
        lines = (self.home / "log").read_text("utf-8", "replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"control"')]


@contextlib.contextmanager
def site(store):
    with servers.folder() as home:
        (home / "workers.py").write_text(APP)
        (home / "clock").write_text(repr(START))
        port = servers.free_port()
        certificate = AUTHORITY.issue_cert("127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(str(home / "tls.pem"))
        made = Site(port, home)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "CLOCK": str(home / "clock"),
            "ORIGIN": made.origin,
            "STORE": store.replace("HOME", str(home)),
            "PYTHONPATH": str(Path(stopper.__file__).parent.parent),
        }
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-w",
            "2",
            "-b",
            f"127.0.0.1:{port}",
        ]
        command += ["--certfile", "tls.pem", "--keyfile", "tls.pem", "workers:app"]

        with (home / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=home, env=environment, stdout=log, stderr=log
            )

        try:
            wait_for(made, process)
            yield made
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def wait_for(made, process):
    until = time.monotonic() + 20

    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            if made.ask("GET", "/open")[0] == 200:
                return

        time.sleep(0.05)

    raise RuntimeError((made.home / "log").read_text("utf-8", "replace")[-2000:])


@contextlib.contextmanager
def redis_that_remembers(port, home):
    program = servers.program("redis-server", "valkey-server")
    options = {"port": port, "bind": "127.0.0.1", "dir": ".", "appendonly": "yes"}
    options |= {"appendfsync": "always", "save": ""}
    words = [w for k, v in options.items() for w in (f"--{k}", str(v))]

    with servers.running(
        [program, *words], home, lambda: servers.pings(port)
    ) as server:
        yield server


class Load(threading.Thread):
    """Asks the same again and again, and keeps what it was answered."""

    def __init__(self, made, *what, **headers):
        super().__init__(daemon=True)
        self._ask = lambda: made.ask(*what, **headers)
        self.seen = []
        self._over = threading.Event()

    def run(self):
        while not self._over.is_set():
            status, text, headers = self._ask()
            self.seen.append((status, text, headers["Retry-After"]))

    def more(self):
        """Wait until some more answers came."""
        count, until = len(self.seen), time.monotonic() + 30

        while len(self.seen) < count + 5 and time.monotonic() < until:
            time.sleep(0.01)

    def end(self):
        self._over.set()
        self.join(30)


def test_a_redis_that_is_killed_and_comes_back_lets_nothing_through_and_loses_nothing():
    servers.program("redis-server", "valkey-server") or servers.missing("Redis")
    port = servers.free_port()

    with servers.folder() as home, contextlib.ExitStack() as stack:
        first = stack.enter_context(redis_that_remembers(port, home))
        made = stack.enter_context(site(f"redis://127.0.0.1:{port}/0"))
        cookie = made.login()
        member = Load(made, "GET", "/me", cookie)
        stranger = Load(made, "GET", "/open")
        crossed = Load(made, "POST", "/write/x", cookie, Sec_Fetch_Site="cross-site")
        loads = (member, stranger, crossed)

        for load in loads:
            load.start()
            load.more()

        first.kill()
        first.wait()

        for load in loads:
            load.more()

        stack.enter_context(redis_that_remembers(port, home))

        for load in loads:
            load.more()
            load.end()

        names = {event["name"] for event in made.events()}

        assert {(s, wait) for s, _, wait in member.seen} == {(200, None), (503, "5")}
        assert {text for status, text, _ in member.seen if status == 200} == {"ada"}
        assert {status for status, _, _ in stranger.seen} == {200}
        assert {status for status, _, _ in crossed.seen} <= {403, 503}
        assert made.ask("GET", "/me", cookie)[:2] == (200, "ada")
        assert "store-down" in names


def test_a_locked_file_refuses_writes_and_serves_reads():
    with site("sqlite:HOME/store.sqlite") as made:
        cookie = made.login()
        lock = sqlite3.connect(made.home / "store.sqlite", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")

        try:
            status, _, headers = made.ask("POST", "/login")

            assert (status, headers["Retry-After"]) == (503, "5")
            assert headers["Set-Cookie"] is None
            assert made.ask("GET", "/me", cookie)[:2] == (200, "ada")
            assert made.ask("GET", "/open")[0] == 200
            # That it was used would be written now, and the day is not lost if not.
            made.clock(START + 61)
            assert made.ask("GET", "/me", cookie)[:2] == (200, "ada")
        finally:
            lock.execute("ROLLBACK")
            lock.close()

        assert made.ask("POST", "/login")[0] == 200


def test_a_logout_at_one_worker_holds_at_the_other(shared):
    with site(shared) as made:
        cookie = made.login()

        assert {made.ask("GET", "/me", cookie)[1] for _ in range(12)} == {"ada"}

        made.ask("POST", "/logout", cookie)

        assert {made.ask("GET", "/me", cookie)[1] for _ in range(12)} == {"nobody"}


def test_what_requests_at_both_workers_write_is_all_there(shared):
    with site(shared) as made:
        cookie = made.login()
        keys = [f"k{n}" for n in range(24)]
        threads = [
            threading.Thread(target=made.ask, args=("POST", f"/write/{key}", cookie))
            for key in keys
        ]

        for thread in threads:
            thread.start()

        for thread in threads:
            thread.join(60)

        found = json.loads(made.ask("POST", "/write/last", cookie)[1])

        assert set(found) == {*keys, "last", "user_id"}


def test_a_clock_that_moves_ends_what_is_old(shared):
    with site(shared) as made:
        cookie = made.login()
        made.clock(START - 86_400 * 30)

        assert made.ask("GET", "/me", cookie)[1] == "ada"

        made.clock(START + 3599)

        assert made.ask("GET", "/me", cookie)[1] == "ada"

        made.clock(START + 86_400)

        assert made.ask("GET", "/me", cookie)[1] == "nobody"


def test_a_clock_that_moves_locks_nobody_out(shared):
    with site(shared) as made:
        made.clock(START - 86_400 * 30)
        tries = [made.ask("POST", "/login")[0] for _ in range(14)]
        made.clock(START)

        assert 429 in tries
        # A server that machines share counts by its own clock, and none has stood still.
        again = 200 if shared.startswith("sqlite:") else 429
        assert made.ask("POST", "/login")[0] == again


@contextlib.contextmanager
def locked(server):
    """Hold what every session is read from."""
    with psycopg.connect(server.url) as connection:
        connection.execute("LOCK TABLE stopper_sessions, stopper_counters")
        yield


@contextlib.contextmanager
def frozen(server):
    """Stop the server and all that serves somebody."""
    with psycopg.connect(server.url) as connection:
        (data,) = connection.execute("SHOW data_directory").fetchone()
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'stopper'"
        ).fetchall()

    first = int(Path(data, "postmaster.pid").read_text().split()[0])

    with stopped(first, *(pid for (pid,) in found)):
        yield


@contextlib.contextmanager
def stopped(*pids):
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)

    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def one_of_its_own(kind):
    """Run a server, and return its address and what stalls it."""
    if kind == "redis":
        servers.program("redis-server", "valkey-server") or servers.missing("Redis")
        port = servers.free_port()

        with servers.folder() as home, redis_that_remembers(port, home) as server:
            yield f"redis://127.0.0.1:{port}/0", lambda: stopped(server.pid)
    else:
        with servers.postgres() as server:
            stall = {"locked": locked, "frozen": frozen}[kind]
            yield server.url, lambda: stall(server)


@pytest.mark.parametrize("kind", ["redis", "locked", "frozen"])
def test_a_store_that_stalls_refuses_in_time_who_needs_it_and_nobody_else(kind):
    with one_of_its_own(kind) as (store, stall), site(store) as made:
        cookie = made.login()

        # Each worker looks at the store before the first request that it serves.
        for _ in range(20):
            made.ask("GET", "/me", cookie)

        with stall():
            for method, path in (("GET", "/me"), ("POST", "/write/x"), ("GET", "/me")):
                # It gives up long before the one who asks does.
                status, _, headers = made.ask(method, path, cookie)

                assert (status, headers["Retry-After"]) == (503, "5")

            status, _, headers = made.ask("POST", "/login")

            assert (status, headers["Retry-After"]) == (503, "5")
            assert headers["Set-Cookie"] is None
            assert made.ask("GET", "/open")[:2] == (200, "open")

        assert made.ask("GET", "/me", cookie)[:2] == (200, "ada")
        assert made.ask("POST", "/logout", cookie)[:2] == (200, "out")
        assert made.ask("GET", "/me", cookie)[1] == "nobody"

        told = {event["name"] for event in made.events()}

        assert {"store-down", "counted-alone"} <= told
