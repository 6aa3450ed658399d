"""Shows both halves of Stopper at work on real input; ``make demo`` runs it.

On a terminal the last step serves until Ctrl-C. Without one it fetches its own page,
prints what came, and stops.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import typing as t
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from demo.notes import serve_notes
from demo.release import fetch
from demo.release import RefusedError
from demo.release import Release
from demo.release import unpack
from demo.release import WHOOGLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"


@contextlib.contextmanager
def step(console: Console, number: int, title: str) -> Iterator[None]:
    """Say what comes, and afterwards how long it took."""
    console.rule(f"[bold]{number} of 3: {title}", align="left")
    start = time.monotonic()
    yield
    console.print(f"[dim]That took {time.monotonic() - start:.1f} s.[/]\n")


def audit(*args: str) -> int:
    """Run ``stopper audit`` as a person would, and return its exit code."""
    command = [
        sys.executable,
        "-c",
        "from stopper.cli import main; main(prog_name='stopper')",
    ]
    sys.stdout.flush()
    done = subprocess.run(
        [*command, "audit", *args],
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode


def show_leaky(console: Console) -> bool:
    """Audit the app that was made to be found fault with."""
    console.print("$ stopper audit examples/leaky\n", style="bold")
    code = audit(os.path.relpath(EXAMPLES / "leaky"))

    if code != 1:
        console.print(f"[red]The audit ended with {code}, and 1 was expected.[/]")
        return False

    console.print(
        "\nIt ended with exit code 1, as it should: there are findings at or above "
        "medium. 0 means that there are none, 2 that the audit could not run."
    )
    return True


def show_release(console: Console, release: Release) -> bool:
    """Audit an application that no one here wrote."""
    title = f"{release.name} {release.version}"
    console.print(
        f"{title} has a published hole, {release.advisory}: {release.says}.\n"
    )

    with tempfile.TemporaryDirectory(prefix="stopper-demo-") as name:
        folder = Path(name)

        try:
            with console.status("Fetching it from the package index"):
                wheel = fetch(release, folder)

            if wheel is None:
                console.print(
                    f"[yellow]{title} cannot be fetched: there is no network, or the "
                    "package index does not have it. The demo goes on without it.[/]"
                )
                return True

            app = folder / "app"
            unpack(wheel, app)
        except (RefusedError, zipfile.BadZipFile, OSError) as e:
            console.print(f"[red]{escape(str(e))} It is not looked at.[/]")
            return False

        console.print(f"Fetched {wheel.name}, sha256 {release.sha256}, as pinned.")
        console.print("Unpacked; nothing of it is installed, imported or run.\n")
        console.print("$ stopper audit app --no-project-config\n", style="bold")
        report = folder / "report.sarif"
        code = audit(
            str(app), "--no-project-config", "--format", "sarif", "-o", str(report)
        )

        if code not in (0, 1):
            console.print(f"[red]The audit ended with {code}.[/]")
            return False

        return show_results(console, release, json.loads(report.read_text("utf-8")))


def show_results(console: Console, release: Release, sarif: dict[str, t.Any]) -> bool:
    """Show what was found, and whether the published hole is among it."""
    results = sarif["runs"][0]["results"]
    counted = Counter((r["level"], r["ruleId"]) for r in results)
    table = Table("Level", "Rule", "Places", box=None, padding=(0, 2, 0, 0))

    # SARIF has words of its own for the levels.
    for wanted, word in (("error", "high"), ("warning", "medium"), ("note", "low")):
        for (level, rule), n in counted.most_common():
            if level == wanted:
                table.add_row(word, rule, str(n))

    console.print(table)
    found = [r for r in results if r["ruleId"] == release.rule and is_in(r, release)]

    if not found:
        console.print(f"\n[red]{release.advisory} is not among them.[/]")
        return False

    console.print(f"\n[bold]{release.advisory} is among them:[/]")

    for result in found:
        line = place(result)["region"]["startLine"]
        text = escape(result["message"]["text"])
        console.print(f"  {release.place}:{line}: {release.rule}\n  {text}")

    return True


def place(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Return where a result of a SARIF report is."""
    found: dict[str, t.Any] = result["locations"][0]["physicalLocation"]
    return found


def is_in(result: dict[str, t.Any], release: Release) -> bool:
    """Say whether a result is in the file that has the published hole."""
    uri: str = place(result)["artifactLocation"]["uri"]
    return f"/{uri}".endswith(f"/{release.place}")


def main() -> int:
    """Run the three steps and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--build",
        type=Path,
        default=ROOT / "build" / "demo",
        help="the folder of the certificate and of the notes",
    )
    build = parser.parse_args().build
    console = Console(soft_wrap=True, highlight=False)
    well = True

    with step(console, 1, "stopper audit, on an app with the classic mistakes"):
        well &= show_leaky(console)

    with step(console, 2, "stopper audit, on an app that no one here wrote"):
        well &= show_release(console, WHOOGLE)

    with step(console, 3, "Stopper(app), on a real little app over HTTPS"):
        well &= serve_notes(console, build)

    return 0 if well else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
