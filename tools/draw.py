"""Draw findings by a seed, to be judged by hand: docs/triage.md says how the last were.

Usage: draw.py SEED COUNT REPORT... . The reports are of ``stopper audit --format json``.
Drawn are findings of the level medium or high that tell the way of a value.
"""

from __future__ import annotations

import json
import pathlib
import random
import sys
import typing as t
from collections.abc import Iterator

Drawn = tuple[str, dict[str, t.Any]]


def population(reports: list[pathlib.Path]) -> list[Drawn]:
    """Return every finding that may be drawn, in an order that does not change."""
    found = [
        (report.stem, finding)
        for report in sorted(reports)
        for finding in json.loads(report.read_text("utf-8"))["findings"]
        if finding["steps"] and finding["level"] in {"medium", "high"}
    ]
    keys = ("path", "line", "column", "rule", "subject")
    return sorted(found, key=lambda f: (f[0], *(f[1][key] for key in keys)))


def told(number: int, app: str, finding: dict[str, t.Any]) -> Iterator[str]:
    """Yield the lines that a reader needs to judge a finding."""
    at = f"{finding['path']}:{finding['line']}"
    level = f"{finding['severity']}/{finding['confidence']}"
    yield f"## {number}. {app} {at} {finding['rule']} ({level}) `{finding['subject']}`"
    yield finding["message"]

    for step in finding["steps"]:
        yield f"  - {step['path']}:{step['line']} {step['message']}"

    yield ""


def main() -> int:
    """Print the findings that are drawn."""
    seed, count, *reports = sys.argv[1:]
    every = population([pathlib.Path(report) for report in reports])
    drawn = random.Random(int(seed)).sample(every, int(count))

    for number, (app, finding) in enumerate(drawn, 1):
        print("\n".join(told(number, app, finding)))

    print(f"{len(drawn)} of {len(every)} findings", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
