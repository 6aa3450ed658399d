"""What one audit has to say: every finding, and everything that was not looked at."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator
from collections.abc import Mapping

from ..catalogue.rule import Rule
from .finding import Finding
from .survey.comments import Allow
from .survey.note import Note


@dataclasses.dataclass(frozen=True, slots=True)
class Reported:
    """A finding as it is reported.

    :param control: The name of the control that it breaks.
    :param code: The source line, its secrets masked; empty where there is none.
    :param allowed: The comment that allows it, ``None`` where it is open.
    """

    finding: Finding
    control: str
    fingerprint: str
    code: str
    allowed: Allow | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What one audit has to say.

    :param root: The folder that every path is relative to.
    :param findings: What is open, in order of place.
    :param allowed: What comments of the project allow.
    :param ignored: Counts by rule of what the command line leaves out.
    :param ignored_by_project: The same, of what ``[tool.stopper]`` leaves out.
    :param in_tests: Counts by rule of what was found in test suites.
    :param rules: The rules that ran.
    :param project_options: What ``[tool.stopper]`` says, one line a key.
    :param foreign: Comments that silence other tools. They silence nothing here.
    :param unmodelled: Libraries that the project imports and of which nothing is known.
    :param failures: Checks that could not finish: the report is not whole.
    """

    root: pathlib.Path
    findings: tuple[Reported, ...]
    allowed: tuple[Reported, ...]
    ignored: Mapping[str, int]
    ignored_by_project: Mapping[str, int]
    in_tests: Mapping[str, int]
    rules: tuple[Rule, ...]
    project_options: tuple[str, ...]
    foreign: Mapping[str, int]
    unmodelled: tuple[str, ...]
    skipped: Mapping[str, int]
    notes: tuple[Note, ...]
    failures: tuple[Note, ...]
    files: int
    lines: int
    seconds: float
    fail_on: int

    @property
    def failing(self) -> Iterator[Reported]:
        """The findings at or above the level that fails."""
        return (r for r in self.findings if r.finding.level >= self.fail_on)

    @property
    def code(self) -> int:
        """The exit code: 2 if a check failed, 1 if a finding does, else 0."""
        if self.failures:
            return 2

        return int(any(True for _ in self.failing))
