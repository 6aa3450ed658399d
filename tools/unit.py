"""Run the tests: several lots at a time, with coverage, the browser's apart.

Usage: unit.py. Each test is in exactly one lot: what stands in none of the folders named
here is in the last. What a lot printed is shown when it ends, and how far the others are
once a minute. Ends with 1 if any lot fails.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent

#: The longest first, so that none of them is left to the end alone.
LOTS = {
    "guard": ["tests/guard"],
    "audit": ["tests/audit", "tests/test_pages.py"],
}

#: How far a lot is, as pytest prints it.
_PERCENT = re.compile(r"\[ *(\d+)%\]")


@dataclasses.dataclass
class Lot:
    """Tests that one process runs."""

    name: str
    command: list[str]
    said: pathlib.Path
    process: subprocess.Popen[bytes] | None = None
    begun: float = 0.0

    def start(self) -> None:
        """Run it, with what it prints kept."""
        self.begun = time.monotonic()

        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
            )

    @property
    def percent(self) -> str:
        """How far it is."""
        found = _PERCENT.findall(self.said.read_text("utf-8", "replace"))
        return f"{found[-1] if found else 0} %"

    def ended(self) -> bool:
        """Say whether it has ended, and show then what it printed."""
        assert self.process is not None

        if self.process.poll() is None:
            return False

        took = time.monotonic() - self.begun
        # Dots and percentages say nothing any more.
        lines = self.said.read_text("utf-8", "replace").splitlines()
        told = [line for line in lines if not _PERCENT.search(line)]
        print("\n".join([f"tests: {self.name}, {took:.0f} s", *told]), flush=True)
        return True


def lots(folder: pathlib.Path) -> list[Lot]:
    """Return every lot, with where it prints to."""
    measured = [sys.executable, "-m", "coverage", "run", "-p", "-m", "pytest", "-rs"]
    named = [path for paths in LOTS.values() for path in paths]
    others = sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").iterdir()
        if (path.is_dir() or path.match("test_*.py"))
        and path.name not in ("__pycache__", "instance")
        and str(path.relative_to(ROOT)) not in named
    )
    parts = {**LOTS, "the rest": others}
    found = {
        name: [*measured, "-m", "not browser", *paths] for name, paths in parts.items()
    }
    # Coverage and the greenlets of the browser's driver do not go together.
    found["browser"] = [sys.executable, "-m", "pytest", "-rs", "-m", "browser"]
    return [
        Lot(name, command, folder / f"{number}.txt")
        for number, (name, command) in enumerate(found.items())
    ]


def main() -> int:
    """Run every lot, two or more at a time."""
    several = max(2, min(4, os.cpu_count() or 2))
    failed: list[str] = []
    running: list[Lot] = []

    with tempfile.TemporaryDirectory() as folder:
        waiting = lots(pathlib.Path(folder))
        told = time.monotonic()

        while waiting or running:
            while waiting and len(running) < several:
                running.append(waiting.pop(0))
                running[-1].start()

            time.sleep(0.5)

            for lot in [lot for lot in running if lot.ended()]:
                running.remove(lot)
                failed += [lot.name] if lot.process and lot.process.returncode else []

            if time.monotonic() - told > 60:
                told = time.monotonic()
                print("tests:", ", ".join(f"{x.name} {x.percent}" for x in running))

    if failed:
        print(f"tests: failed in {', '.join(failed)}", file=sys.stderr)

    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
