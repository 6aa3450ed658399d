"""Runs a command, and says what it took: seconds, seconds of the processor, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import typing as t
from collections.abc import Sequence
from pathlib import Path

#: How often it is looked how much memory is taken.
PACE = 0.1  # seconds


class Cost(t.NamedTuple):
    """What a command took.

    :param memory: The most that it and what it started took at once, in bytes; what
        processes share counts once.
    """

    seconds: float
    cpu: float
    memory: int


def cost(command: Sequence[str | Path], codes: Sequence[int] = (0, 1)) -> Cost:
    """Run a command to its end, and return what it took.

    :param codes: How it may end.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    watch = _Watch(process.pid)
    said = process.stderr.read() if process.stderr else ""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.stop()

    if process.returncode not in codes:
        raise SystemExit(f"bench: {command[0]} did not run: {said[-500:]}")

    # Of one process alone the system itself knows it to the byte.
    alone = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(seconds, usage.ru_utime + usage.ru_stime, max(alone, watch.most))


class _Watch:
    """Looks again and again how much memory a process and all below it take."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(PACE):
            self.most = max(self.most, sum(map(_taken, _below(self._pid))))


def _below(pid: int) -> list[int]:
    found = [pid]

    for one in found:
        try:
            said = Path(f"/proc/{one}/task/{one}/children").read_text("ascii")
        except OSError:
            continue

        found += map(int, said.split())

    return found


def _taken(pid: int) -> int:
    """Return a process's share of memory in bytes, 0 where the system does not say."""
    try:
        said = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0

    for line in said.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024

    return 0
