"""What the guard costs a request, beside the usual stack, and how fast the audit reads.

Ratios hold from machine to machine, microseconds do not: every app takes its turn in one
process, in another order each round, and what counts is the median of the rounds' ratios
to the bare app. What is measured is proved first to refuse what it has to.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import logging
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t
from collections.abc import Iterator

import peers
import shares
from app import bare_app
from app import create_app
from app import made
from app import PAGE
from caller import Caller
from caller import SCENARIOS
from proof import prove
from rich.console import Console
from rich.table import Table

import audit

#: The most that each may cost, as a ratio to the bare app: JSON, page, logged in, form.
LIMITS = {
    "stopper, memory": (1.15, 1.40, 0.90, 1.05),
    "stopper, SQLite": (1.15, 1.40, 1.05, 1.15),
    "stopper, Redis": (3.6, 2.6, 2.6, 2.5),
}

BATCH = 25

Ratios = dict[str, dict[str, float]]


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Run a Redis, and yield its address; an empty one where none is installed."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")

    if program is None:
        print("Redis is not installed, so its rows are left out; make services")
        yield ""
        return

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = str(s.getsockname()[1])

    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)

        try:
            _wait(int(port))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + 10

    while time.monotonic() < until:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return

        time.sleep(0.05)

    raise SystemExit("bench: Redis did not start")


def callers(address: str) -> dict[str, Caller]:
    """Return what is measured, each logged in and ready."""
    stores = {"memory": "memory:", "SQLite": "sqlite:"}

    if address:
        stores["Redis"] = address

    apps: dict[str, t.Any] = {"bare": bare_app(made(PAGE))}

    for name, store in stores.items():
        prove(store)
        apps[f"stopper, {name}"] = create_app(store)

    try:
        page = peers.page(PAGE)
        apps["extensions"] = peers.stacked(bare_app(made(page)))

        if address:
            stack = peers.stacked(bare_app(made(page)), address)
            apps["extensions, Redis"] = stack
    except ImportError as e:
        print(f"The usual extensions are left out: {e}")

    found = {name: Caller(name, app) for name, app in apps.items()}

    for caller in found.values():
        caller.prepare()

    return found


def measured(found: dict[str, Caller], rounds: int, seed: int) -> Ratios:
    """Return the median ratio to the bare app, by app and scenario."""
    dice = random.Random(seed)
    medians: dict[tuple[str, str], list[float]] = {}
    order = list(found)

    for caller in found.values():
        for scenario in SCENARIOS:
            caller.sample(scenario, 60)

    gc.collect()
    gc.freeze()

    for done in range(rounds):
        _progress(done, rounds)

        for scenario in SCENARIOS:
            dice.shuffle(order)

            for name in order:
                times = found[name].sample(scenario, BATCH)
                medians.setdefault((name, scenario), []).append(
                    statistics.median(times)
                )

    _progress(rounds, rounds)
    return {
        name: {
            scenario: statistics.median(
                a / b
                for a, b in zip(
                    medians[name, scenario], medians["bare", scenario], strict=True
                )
            )
            for scenario in SCENARIOS
        }
        for name in found
    }


def _progress(done: int, rounds: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == rounds else ""
        print(f"\r{done} of {rounds} rounds", end=end, file=sys.stderr, flush=True)


def show(runs: list[Ratios]) -> bool:
    """Print the table, and return whether every limit is met."""
    table = Table("ratio to bare Flask", *SCENARIOS, "limit", title="The guard")
    met = True

    for name in runs[0]:
        ratios = [statistics.median(run[name][s] for run in runs) for s in SCENARIOS]
        limits = LIMITS.get(name)
        over = [
            limits is not None and r > m
            for r, m in zip(ratios, limits or ratios, strict=True)
        ]
        met &= not any(over)
        cells = [
            f"{r:.2f}{' !' if o else ''}" for r, o in zip(ratios, over, strict=True)
        ]
        said = " / ".join(f"{m:.2f}" for m in limits) if limits else ""
        table.add_row(name, *cells, said)

    Console().print(table)
    return met


def main() -> None:
    """Measure, print, and end with 1 if a limit is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3, help="the median of them counts")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--no-audit", action="store_true", help="the guard alone")
    options = parser.parse_args()

    # What is proved is refused, and each refusal would be a line.
    logging.getLogger("stopper").setLevel(logging.CRITICAL)

    with redis() as address:
        found = callers(address)
        runs = [measured(found, options.rounds, seed) for seed in range(options.runs)]
        met = show(runs)
        shares.show(found["stopper, memory"])

    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            named = peers.versions("flask", "werkzeug", "jinja2", "redis", "flask-wtf")
            json.dump({"versions": named, "runs": runs}, file, indent=1)

    if not options.no_audit:
        met &= audit.show()

    if not met:
        raise SystemExit("bench: a limit (!) is not met")


if __name__ == "__main__":
    main()
