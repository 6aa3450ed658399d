"""What the audit takes: beside other scanners, and as a project grows.

Ratios hold from machine to machine, seconds do not: whoever is compared takes turns, in
another order each round, and what counts is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import math
import random
import shutil
import statistics
import sys
import tempfile
import typing as t
from collections.abc import Sequence
from pathlib import Path

import blog
from command import Cost
from command import cost
from rich.console import Console
from rich.table import Table

#: How many parts the generated app has, from size to size.
SIZES = tuple(range(40, 401, 40))

#: More than this for an app of twice the size, as a power of two, is not linear.
STEEPEST = 1.1

ROUNDS = 3

MIB = 1024 * 1024

Command = list[str | Path]


def scanners(rules: str | None, jobs: int | None) -> dict[str, Command]:
    """Return who is compared, and how each is called; the tree comes last."""
    here = Path(sys.executable)
    stopper: Command = [here.with_name("stopper"), "audit", "--format", "json"]
    stopper += ["--no-project-config", *(("--jobs", str(jobs)) if jobs else ())]
    found = {"stopper": stopper}

    if bandit := _program("bandit"):
        found["Bandit"] = [bandit, "-q", "-f", "json", "-r"]

    if rules and (semgrep := _program("semgrep")):
        options = ("--metrics", "off", "--disable-version-check", "--quiet")
        found["Semgrep"] = [semgrep, "scan", "--config", rules, *options, "--json"]

    return found


def _program(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def compared(
    trees: Sequence[Path], who: dict[str, Command], rounds: int
) -> dict[Path, dict[str, list[Cost]]]:
    """Return what each scanner took for each tree, round by round."""
    dice = random.Random(0)
    found: dict[Path, dict[str, list[Cost]]] = {t: {n: [] for n in who} for t in trees}

    for _ in range(rounds):
        for tree in trees:
            order = list(who)
            dice.shuffle(order)

            for name in order:
                found[tree][name].append(cost([*who[name], tree]))

    return found


def show_compared(found: dict[Path, dict[str, list[Cost]]]) -> None:
    """Print what each took, and how often that is what Stopper took."""
    table = Table(
        *("tree", "lines", "scanner", "seconds", "times", "CPU", "times", "MiB"),
        title="The audit, and others",
    )

    for tree, by in found.items():
        lines = f"{lines_of(tree):,}"

        for name, costs in by.items():
            seconds = statistics.median(c.seconds for c in costs)
            cpu = statistics.median(c.cpu for c in costs)
            memory = max(c.memory for c in costs) / MIB
            table.add_row(
                *(tree.name, lines, name, f"{seconds:.1f}"),
                _ratio(costs, by["stopper"], lambda c: c.seconds),
                f"{cpu:.1f}",
                _ratio(costs, by["stopper"], lambda c: c.cpu),
                f"{memory:.0f}",
            )
            lines = ""

    Console().print(table)


def _ratio(costs: list[Cost], ours: list[Cost], of: t.Callable[[Cost], float]) -> str:
    ratios = [of(c) / of(o) for c, o in zip(costs, ours, strict=True)]
    return f"{statistics.median(ratios):.2f}"


def lines_of(tree: Path) -> int:
    """Return how many lines of Python lie under a folder."""
    return sum(path.read_bytes().count(b"\n") for path in tree.rglob("*.py"))


def grown(
    sizes: Sequence[int], command: Command, rounds: int
) -> list[tuple[int, Cost]]:
    """Return lines and cost for apps of growing size, the median of the rounds."""
    found: list[tuple[int, Cost]] = []

    with tempfile.TemporaryDirectory() as name:
        lines = {n: blog.write(Path(name, str(n)), n) for n in sizes}
        costs: dict[int, list[Cost]] = {n: [] for n in sizes}

        for _ in range(rounds):
            for n in sizes:
                costs[n].append(cost([*command, Path(name, str(n))]))

    for n in sizes:
        cpu = sorted(costs[n], key=lambda c: c.cpu)
        found.append((lines[n], cpu[len(cpu) // 2]))

    return found


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return with which power of the first number the second one grows."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    return statistics.linear_regression(*zip(*logs, strict=True)).slope


def show_grown(found: list[tuple[int, Cost]]) -> bool:
    """Print time by size as bars, and return whether it grows no faster than the size."""
    table = Table("lines", "CPU seconds", "", "MiB", title="The audit, as an app grows")
    most = max(c.cpu for _, c in found)

    for lines, taken in found:
        bar = "█" * round(40 * taken.cpu / most)
        memory = f"{taken.memory / MIB:.0f}"
        table.add_row(f"{lines:,}", f"{taken.cpu:.2f}", bar, memory)

    Console().print(table)
    # What a start takes, and what an app of any size does, is no matter of growth.
    (fewest, least), *rest = found
    power = exponent([(n - fewest, max(c.cpu - least.cpu, 0.01)) for n, c in rest])
    rate = found[-1][0] / found[-1][1].cpu
    print(
        f"Time grows with the {power:.2f}th power of the size, {rate:.0f} lines a second"
    )
    return power <= STEEPEST


def show(
    trees: Sequence[Path] = (),
    rules: str | None = None,
    rounds: int = ROUNDS,
    jobs: int | None = None,
) -> bool:
    """Measure and print, and return whether time grows no faster than a project."""
    who = scanners(rules, jobs)
    own = Path(__file__).resolve().parent.parent / "src"
    show_compared(compared(trees or (own,), who, rounds))
    # From some size on there would be more processes, and each has a start to pay.
    alone = scanners(None, 1)["stopper"]
    return show_grown(grown(SIZES, alone, rounds))


def main() -> None:
    """Measure, print, and end with 1 if time grows faster than a project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trees", nargs="*", type=Path, help="Stopper's own otherwise")
    parser.add_argument("--rules", help="Semgrep's rules: it is left out without")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--jobs", type=int)
    options = parser.parse_args()

    if not show(options.trees, options.rules, options.rounds, options.jobs):
        raise SystemExit(f"bench: time grows faster than the size ({STEEPEST})")


if __name__ == "__main__":
    main()
