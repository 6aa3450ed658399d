"""Compares what the audit says of made apps with what happens when they run.

``make flows`` makes ten thousand.
"""

from __future__ import annotations

import collections
import dataclasses
import sys
import typing as t

from audit.survey.flow.generator import Generator
from audit.survey.flow.generator import Program
from audit.survey.flow.generator import Template
from audit.survey.flow.generator import TEMPLATES
from audit.survey.flow.oracle import Line
from audit.survey.flow.oracle import Ran
from audit.survey.flow.oracle import run
from projects import project
from stopper.audit.checks.commands import shell_command
from stopper.catalogue.rule import Confidence


@dataclasses.dataclass(frozen=True)
class Compared:
    """What happened in an app, and what the audit says of it."""

    program: Program
    ran: Ran
    reported: t.Mapping[Line, Confidence]

    @property
    def missed(self) -> frozenset[Line]:
        """Where the marker came to and nothing is said."""
        return self.ran.reached - self.reported.keys()

    @property
    def sure(self) -> frozenset[Line]:
        """What is said with more than low confidence."""
        rows = self.reported.items()
        return frozenset(line for line, c in rows if c is not Confidence.LOW)

    @property
    def false(self) -> frozenset[Line]:
        """What is said and never happens."""
        return self.sure - self.ran.reached


def compare(program: Program) -> Compared:
    """Run an app and audit it."""
    findings = shell_command.run(project(program.files))
    reported = {(f.place.path, f.place.line): f.confidence for f in findings if f.steps}
    return Compared(program, run(program), reported)


def compared(
    start: int, count: int, steps: int = 6, only: tuple[Template, ...] = TEMPLATES
) -> t.Iterator[Compared]:
    """Make some apps, and compare each."""
    for number in range(start, start + count):
        yield compare(Generator(f"{number}", steps, only).program())


@dataclasses.dataclass
class Sum:
    """What there is to say of many apps together."""

    programs: int = 0
    flows: int = 0
    missed: int = 0
    reported: int = 0
    false: int = 0
    blame: dict[str, collections.Counter[str]] = dataclasses.field(
        default_factory=lambda: collections.defaultdict(collections.Counter)
    )

    def add(self, one: Compared) -> None:
        self.programs += 1
        self.flows += len(one.ran.reached)
        self.missed += len(one.missed)
        self.reported += len(one.sure)
        self.false += len(one.false)

        for name in set(one.program.names):
            self.blame["all"][name] += 1
            self.blame["missed"][name] += bool(one.missed)
            self.blame["false"][name] += bool(one.false)

    def __str__(self) -> str:
        share = 100 * self.false / max(self.reported, 1)
        return (
            f"{self.programs} programs, {self.flows} flows happened, "
            f"{self.missed} of them missed; {self.reported} reported, "
            f"{self.false} of them never happened ({share:.1f} %)"
        )

    def suspects(self, what: str, most: int = 12) -> list[str]:
        """Return the constructs that stand most often where something went wrong."""
        rows = (
            (bad / self.blame["all"][name], bad, name)
            for name, bad in self.blame[what].items()
            if bad
        )
        return [
            f"{name} {bad} ({share:.0%})" for share, bad, name in sorted(rows)[::-1]
        ][:most]


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Compare many apps and print the sum."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    total = Sum()

    for one in compared(0, count):
        total.add(one)

        for line in sorted(one.missed):
            say(f"missed: program {one.program.seed}, {line[0]}:{line[1]}")

    say(str(total))
    say("in programs with a miss: " + ", ".join(total.suspects("missed")))
    say("in programs with a false one: " + ", ".join(total.suspects("false")))
    return 1 if total.missed or total.false > total.reported * 0.05 else 0


if __name__ == "__main__":
    sys.exit(main())
