"""Real servers for the tests: Redis, PostgreSQL, nginx, Chromium; started and stopped here.

Each listens on the loopback address alone, on a free port, with its files in a
temporary folder. What is not installed is a skip with its reason, and a failure under
CI: nothing is green there that was not run.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from pathlib import Path

import pytest

if t.TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page

HOST = "127.0.0.1"

#: Seconds until a server that does not answer is a failure.
PATIENCE = 30.0

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclasses.dataclass(frozen=True, slots=True)
class RedisServer:
    """A running Redis, without a password and without a file on disk."""

    port: int
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running PostgreSQL with one superuser.

    :param bin: The folder of its programs, ``psql`` among them.
    """

    port: int
    user: str
    password: str
    database: str
    bin: Path

    @property
    def url(self) -> str:
        return (
            f"postgresql://{self.user}:{self.password}@{HOST}:{self.port}"
            f"/{self.database}"
        )


def missing(what: str) -> t.NoReturn:
    """Skip the test that needs ``what``, or fail it under CI."""
    reason = f"{what} is not installed; make services"

    if os.environ.get("CI", "").lower() in {"true", "1"}:
        pytest.fail(reason, pytrace=False)

    pytest.skip(reason)


def program(*names: str) -> str | None:
    """Return the first of these programs that is on PATH."""
    return next(filter(None, map(shutil.which, names)), None)


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL server, Debian's or on PATH."""
    debian = sorted(
        (Path(p).parent for p in glob.glob("/usr/lib/postgresql/*/bin/postgres")),
        key=lambda p: float(p.parent.name),
    )

    if debian:
        return debian[-1]

    found = program("postgres")
    return Path(found).resolve().parent if found else None


def free_port() -> int:
    """Return a port of the loopback address that nothing listens on."""
    with socket.socket() as s:
        s.bind((HOST, 0))
        return t.cast(int, s.getsockname()[1])


def unprivileged() -> tuple[int, int] | None:
    """Return the user and group to run a server as; ``None`` if we are nobody special."""
    if os.geteuid() != 0:
        return None

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid

    return 65534, 65534


def die_with_parent() -> None:
    """Ask the kernel to end this process when the test run ends, however it ends."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)

    if prctl is not None:
        prctl(1, signal.SIGINT)  # 1 is PR_SET_PDEATHSIG.


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder that a server may write to, and remove it."""
    # Not pytest's: that one lies below a folder which only its owner may enter.
    path = Path(tempfile.mkdtemp(prefix="stopper-"))
    owner = unprivileged()

    if owner:
        os.chown(path, *owner)

    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def identity() -> dict[str, t.Any]:
    """Return what makes a child process unprivileged, for :mod:`subprocess`."""
    owner = unprivileged()

    if owner is None:
        return {}

    return {"user": owner[0], "group": owner[1], "extra_groups": []}


@contextlib.contextmanager
def running(
    command: list[str],
    home: Path,
    ready: Callable[[], bool],
    *,
    env: Mapping[str, str] | None = None,
    name: str = "log",
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the ``with`` block.

    :param env: More of the environment. A server that is given one is ours, reads our
        files, and runs as who we are.
    :param name: The file in ``home`` that takes what it says.
    :raises RuntimeError: If it stops, or is not ready in time; with what it said.
    """
    log = home / name
    usual = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8"}

    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=home,
            env={**usual, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=die_with_parent,
            **(identity() if env is None else {}),
        )

    try:
        until = time.monotonic() + PATIENCE

        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                said = log.read_text("utf-8", "replace")
                raise RuntimeError(f"{command[0]} did not start: {said[-2000:]}")

            time.sleep(0.02)

        yield process
    finally:
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
        process.send_signal(signal.SIGINT)

        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def pings(port: int) -> bool:
    """Say whether a Redis answers on ``port``."""
    try:
        with socket.create_connection((HOST, port), timeout=5) as s:
            s.sendall(b"PING\r\n")
            return s.recv(64) == b"+PONG\r\n"
    except OSError:
        return False


@contextlib.contextmanager
def redis() -> Iterator[RedisServer]:
    """Run a Redis (or Valkey) until the end of the ``with`` block."""
    server = program("redis-server", "valkey-server") or missing("Redis")
    port = free_port()
    options = {"port": port, "bind": HOST, "save": "", "appendonly": "no", "dir": "."}
    command = [server, *(w for k, v in options.items() for w in (f"--{k}", str(v)))]

    with folder() as home, running(command, home, lambda: pings(port)):
        yield RedisServer(port, f"redis://{HOST}:{port}/0")


@contextlib.contextmanager
def postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL until the end of the ``with`` block."""
    programs = postgres_bin() or missing("PostgreSQL")
    server = PostgresServer(
        free_port(), "stopper", secrets.token_hex(16), "postgres", programs
    )

    with folder() as home:
        password = home / "password"
        password.write_text(server.password)
        password.chmod(0o600)
        owner = unprivileged()

        if owner:
            os.chown(password, *owner)

        initdb = f"{programs}/initdb -D data -U {server.user} -E UTF8 --locale=C"
        initdb += " -A scram-sha-256 --pwfile password --no-sync"
        subprocess.run(
            initdb.split(),
            cwd=home,
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            **identity(),
        )
        command = [str(programs / "postgres"), "-D", str(home / "data"), "-F"]
        command += ["-p", str(server.port), "-h", HOST, "-k", str(home)]

        def ready() -> bool:
            return not subprocess.run(
                [programs / "pg_isready", "-q", "-h", HOST, "-p", str(server.port)],
                check=False,
            ).returncode

        with running(command, home, ready):
            yield server


def listens(port: int) -> bool:
    """Say whether anything takes a connection on ``port``."""
    with socket.socket() as s:
        return s.connect_ex((HOST, port)) == 0


#: What nginx needs to run as nobody special, in a folder of its own.
NGINX = """\
pid nginx.pid;
error_log stderr warn;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path tmp-body;
    proxy_temp_path tmp-proxy;
    fastcgi_temp_path tmp-fastcgi;
    uwsgi_temp_path tmp-uwsgi;
    scgi_temp_path tmp-scgi;
    {servers}
}}
"""


@contextlib.contextmanager
def nginx(home: Path, servers: str, port: int) -> Iterator[None]:
    """Run an nginx until the end of the ``with`` block.

    :param home: The folder that it may write to, from :func:`folder`.
    :param servers: What stands in the ``http`` block of its configuration.
    :param port: One that it listens on.
    """
    # Debian keeps it where only root's PATH leads.
    server = program("nginx", "/usr/sbin/nginx") or missing("nginx")
    (home / "nginx.conf").write_text(NGINX.format(servers=servers), "utf-8")
    command = [server, "-p", str(home), "-c", "nginx.conf", "-e", "stderr"]
    command += ["-g", "daemon off;"]

    with running(command, home, lambda: listens(port), name="nginx.log"):
        yield


@contextlib.contextmanager
def gunicorn(
    home: Path, app: str, port: int, *options: str, env: Mapping[str, str]
) -> Iterator[None]:
    """Run a gunicorn with one worker until the end of the ``with`` block.

    :param app: The module and its WSGI callable: ``"served:application"``.
    :param env: More of its environment.
    """
    pytest.importorskip("gunicorn")
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket"]
    command += ["--bind", f"{HOST}:{port}", *options, app]
    more = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **env}

    with running(
        command, home, lambda: listens(port), env=more, name=f"gunicorn-{port}.log"
    ):
        yield


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A Redis for the whole run. A test uses keys of its own."""
    with redis() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL for the whole run. A test uses tables of its own."""
    with postgres() as server:
        yield server


# Not for the session: while Playwright is up its event loop runs in this thread, and
# a test of an asynchronous view could not start another.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless, for the tests of one module."""
    path = program("chromium", "chromium-browser", "google-chrome") or missing(
        "Chromium"
    )

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)

        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture
def context_options() -> dict[str, t.Any]:
    """Options of the page's browser context. A module overrides it to ask for more."""
    return {}


@pytest.fixture
def page(browser: Browser, context_options: dict[str, t.Any]) -> Iterator[Page]:
    """A page with no history, no cookie and no cache."""
    context = browser.new_context(**context_options)

    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.fixture
def console(page: Page) -> list[str]:
    """What the page's console said so far, ``"error: …"``; uncaught errors too."""
    said: list[str] = []
    page.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda e: said.append(f"error: {e}"))
    return said
