"""What a flood of wrong logins costs everybody else.

gunicorn serves an app with accounts, by threads, with throttling as good as off. A
thousand connections send wrong passwords, once in ten seconds each and then as fast as it
goes, while one asks for another page again and again: how long that takes beside an idle
server is the ratio. As fast as it goes, every request waits for a thousand others, which
gunicorn answers in the order in which they came.

Usage: login.py [--connections N] [--seconds S]
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from urllib.parse import urlencode

APP = """\
import logging
from flask import Flask
from stopper import Stopper
from stopper.accounts import Accounts

logging.getLogger("stopper").setLevel(logging.CRITICAL)


def create_app():
    app = Flask("flood", instance_path={folder!r})
    many = "1000000/second"
    app.config.update(
        SECRET_KEY="of a bench, that serves nobody else",
        STOPPER_ORIGIN="https://flood.example",
        STOPPER_PROXIES=["127.0.0.1"],
        STOPPER_MAIL_URL="smtp://localhost",
        STOPPER_ACCOUNTS_TRIES=many,
        STOPPER_ACCOUNTS_CLIENT_TRIES=many,
        STOPPER_ACCOUNTS_STRANGER_TRIES=many,
        STOPPER_ACCOUNTS_ALL_TRIES=many,
    )
    stopper = Stopper(app)
    Accounts(app)

    @app.get("/other")
    @stopper.public
    def other():
        return "<p>A page that is no login.</p>"

    return app
"""

#: What a browser behind the proxy sends.
HEADERS = (
    "Host: flood.example\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n"
    "Accept: text/html\r\n"
)


@contextlib.contextmanager
def served(folder: str, workers: int, threads: int) -> Iterator[int]:
    """Serve the app, and yield its port."""
    pathlib.Path(folder, "flood.py").write_text(APP.format(folder=folder))
    port = 18765
    command = [sys.executable, "-m", "gunicorn", "flood:create_app()", "--log-level"]
    command += ["critical", "-b", f"127.0.0.1:{port}", "--backlog", "4096"]
    command += ["-w", str(workers), "--threads", str(threads)]
    command += ["--worker-connections", "2000", "--keep-alive", "30"]
    process = subprocess.Popen(command, cwd=folder)

    try:
        yield port
    finally:
        process.terminate()
        process.wait(30)


class Connection:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> int:
        """Send a request, and return the status of its answer."""
        if self._writer is None:
            opened = await asyncio.open_connection("127.0.0.1", self._port)
            self._reader, self._writer = opened

        reader, writer = self._reader, self._writer
        assert reader is not None
        body = urlencode(form).encode() if form else b""
        head = f"{method} {path} HTTP/1.1\r\n{HEADERS}"

        if form:
            head += (
                "Origin: https://flood.example\r\nSec-Fetch-Site: same-origin\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n"
            )

        writer.write(f"{head}\r\n".encode() + body)
        await writer.drain()
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answer.partition("content-length: ")[2].partition("\r\n")[0] or 0)
        await reader.readexactly(length)

        if "connection: close" in answer:
            self.close()

        return int(answer.split(None, 2)[1])

    def close(self) -> None:
        """Let go of the connection; the next request opens another."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def asked(port: int, seconds: float) -> list[float]:
    """Return how long a page took each time, asked for again and again."""
    connection, found = Connection(port), []
    until = time.perf_counter() + seconds

    while time.perf_counter() < until:
        begun = time.perf_counter()
        assert await connection.ask("GET", "/other") == 200
        found.append(time.perf_counter() - begun)
        await asyncio.sleep(0.005)

    connection.close()
    return found


async def wrong(
    port: int, number: int, every: float, seen: collections.Counter[int], until: float
) -> None:
    """Send wrong passwords over one connection, one in so many seconds."""
    connection = Connection(port)
    await asyncio.sleep(every * (number % 997) / 997)

    while time.perf_counter() < until:
        form = {"address": f"user{number}@flood.example", "password": "wrong" * 4}
        begun = time.perf_counter()

        try:
            seen[await connection.ask("POST", "/account/login", form)] += 1
        except (OSError, asyncio.IncompleteReadError):
            seen[0] += 1
            connection.close()

        left = every - (time.perf_counter() - begun)
        await asyncio.sleep(max(0.0, left))

    connection.close()


async def flood(
    port: int, connections: int, every: float, seconds: float
) -> collections.Counter[int]:
    """Send wrong passwords over many connections; return what they were answered."""
    seen: collections.Counter[int] = collections.Counter()
    until = time.perf_counter() + seconds
    tries = (wrong(port, number, every, seen, until) for number in range(connections))
    await asyncio.gather(*tries)
    return seen


async def flooded(
    port: int, connections: int, every: float, seconds: float
) -> tuple[list[float], collections.Counter[int]]:
    """Return how long a page took under a flood, and what the logins were answered.

    The flood has a process of its own, behind the server's in turn: its thousand
    connections would otherwise hold up who measures, and take the server's cores.
    """
    given = [str(x) for x in (port, connections, every, seconds + 2)]
    command = ["nice", "-n", "5", sys.executable, __file__, "--flood", *given]
    sender = subprocess.Popen(command, stdout=subprocess.PIPE)
    await asyncio.sleep(1.5)
    found = await asked(port, seconds)
    said = (await asyncio.to_thread(sender.communicate))[0]
    return found, collections.Counter({int(k): v for k, v in json.loads(said).items()})


async def measure(port: int, connections: int, seconds: float) -> dict[str, object]:
    """Return the medians of another page: idle, and under floods of two kinds."""
    for _ in range(100):
        with contextlib.suppress(OSError):
            await Connection(port).ask("GET", "/other")
            break

        await asyncio.sleep(0.1)

    found: dict[str, object] = {}

    # Each process reads its settings at its first request.
    await asked(port, 1)

    for name, every in [("one try in 10 s each", 10.0), ("as fast as it goes", 0.0)]:
        idle = statistics.median(await asked(port, seconds))
        times, seen = await flooded(port, connections, every, seconds)
        busy = statistics.median(times)
        found[name] = {
            "idle ms": round(idle * 1000, 2),
            "busy ms": round(busy * 1000, 2),
            "ratio": round(busy / idle, 2),
            "answers": dict(sorted(seen.items())),
            "a second": round(sum(seen.values()) / (seconds + 2)),
        }

    return found


def main() -> int:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flood", nargs=4, type=float, help=argparse.SUPPRESS)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8)
    options = parser.parse_args()

    if options.flood:
        port, connections, every, seconds = options.flood
        seen = asyncio.run(flood(int(port), int(connections), every, seconds))
        print(json.dumps(seen))
        return 0

    with (
        tempfile.TemporaryDirectory() as folder,
        served(folder, options.workers, options.threads) as port,
    ):
        found = asyncio.run(measure(port, options.connections, options.seconds))

    found["cores"] = os.cpu_count()
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
