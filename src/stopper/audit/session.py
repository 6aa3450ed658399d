"""One audit from paths to report: read, ask, sort."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import sys
import time
import typing as t
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

from ..catalogue.error import ReadError
from ..catalogue.rule import Severity
from ..controls import CONTROLS
from ..controls.secrets.policy import MASK
from ..controls.secrets.policy import mask
from .check import Check
from .checks import CHECKS
from .checks.secrets import History
from .finding import Finding
from .finding import Place
from .fingerprint import fingerprints
from .options import Options
from .options import project_options
from .options import ProjectOptions
from .run import audit
from .run import Result
from .shares import processes
from .summary import Report
from .summary import Reported
from .suppress import names_of
from .suppress import sort
from .suppress import Sorted
from .survey.allows import Allows
from .survey.build import assemble
from .survey.build import is_test
from .survey.comments import Comments
from .survey.comments import comments
from .survey.files import collect
from .survey.flow.flows import not_followed
from .survey.git import history
from .survey.note import Note
from .survey.project import Project

T = t.TypeVar("T")

#: Told what is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

#: What fails where nobody says otherwise.
FAIL_ON = int(Severity.MEDIUM)

#: What is kept of a line that a tool wrote.
LONG = 400  # characters

#: The control whose lines are shown masked.
SECRETS = "secrets"

_CONTROL_OF = {rule.name: c.name for c in CONTROLS for rule in c.rules}


def run(
    paths: Sequence[pathlib.Path],
    options: Options,
    *,
    project_config: bool = True,
    past: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Audit the project under ``paths``. Nothing of it is imported or run.

    :param past: Whether to look into every version of every file that git keeps.
    :param project_config: Whether the project's own settings and allow comments count.
    :raises ReadError: If a path is not there.
    :raises OptionError: If the project's settings are not what is taken.
    """
    started = time.monotonic()
    tell = progress or (lambda what, done, of: None)
    given = project_options(root_of(paths)) if project_config else ProjectOptions()
    collected = collect(
        paths, (*options.exclude, *given.exclude), lambda d, n, _: tell("Finding", d, n)
    )
    project = assemble(collected, lambda d, n, _: tell("Reading", d, n))
    said = comments(project.files.values())
    evidence: list[object] = [project]
    noted: list[Note] = []

    if past:
        blobs = history(
            collected.root, None, noted.append, lambda n: tell("Digging", n, 0)
        )
        evidence.append(History(blobs))

    kinds = (Allows, *map(type, evidence))
    checks = [
        c
        for c in CHECKS
        if issubclass(c.asks, kinds)
        and (options.select is None or c.rule.name in options.select)
    ]
    jobs = processes(project, options.jobs)
    result = audit(evidence, checks, lambda d, n: tell("Asking", d, n), jobs)
    sifted = sort(result.findings, said.allows if project_config else ())
    about = _about_comments(said, sifted, checks, project_config)
    sieve = _Sieve(options, given)
    reported = _reported(project, sieve, (*sifted.open, *about.findings), sifted)
    return Report(
        root=collected.root,
        findings=tuple(r for r in reported if r.allowed is None),
        allowed=tuple(r for r in reported if r.allowed is not None),
        ignored=_sorted(sieve.ignored),
        ignored_by_project=_sorted(sieve.ignored_by_project),
        in_tests=_sorted(sieve.in_tests),
        rules=tuple({c.rule.name: c.rule for c in checks}.values()),
        project_options=given.said,
        foreign=_foreign(said, project_config),
        unmodelled=unmodelled(project),
        skipped=project.skipped,
        notes=(*project.notes, *noted, *not_followed(result.cut)),
        failures=(*result.failures, *about.failures),
        files=len(project.files),
        lines=sum(f.text.count("\n") + 1 for f in project.files.values()),
        seconds=time.monotonic() - started,
        fail_on=_first(options.fail_on, given.fail_on, FAIL_ON),
    )


def root_of(paths: Sequence[pathlib.Path]) -> pathlib.Path:
    """Return the folder whose ``pyproject.toml`` counts: the paths' common one.

    :raises ReadError: If they have none.
    """
    real = [os.path.realpath(path) for path in paths]
    folders = [p if os.path.isdir(p) else os.path.dirname(p) for p in real]

    try:
        return pathlib.Path(os.path.commonpath(folders))
    except ValueError:
        raise ReadError("The paths have no folder in common.") from None


def unmodelled(project: Project) -> tuple[str, ...]:
    """Return the libraries that the project imports and that no model speaks of."""
    known = {"stopper", "__future__", *sys.stdlib_module_names}
    known |= project.models.libraries

    for module in project.modules:
        inside = module.name.removeprefix(module.root).lstrip(".")
        known.update((inside.partition(".")[0], module.name.partition(".")[0]))

    return tuple(sorted(project.imported - known))


def _foreign(said: Comments, honoured: bool) -> dict[str, int]:
    """Return the comments that silence nothing; our own too where they may not."""
    ours = {"stopper: allow": len(said.allows)} if said.allows and not honoured else {}
    return {**said.foreign, **ours}


def _about_comments(
    said: Comments, sifted: Sorted, checks: Sequence[Check[t.Any]], honoured: bool
) -> Result:
    """Return what there is to say about the allow comments themselves."""
    if not honoured:
        return Result(())

    ran = {c.rule.name for c in checks}
    known = {name for rule in _CONTROL_OF for name in names_of(rule)}
    asked = ran | {c.name for c in CONTROLS if ran.issuperset(r.name for r in c.rules)}
    allows = Allows(said.allows, sifted.used, frozenset(known), frozenset(asked))
    return audit([allows], checks)


@dataclasses.dataclass(slots=True)
class _Sieve:
    """Leaves findings out, and counts which and on whose word."""

    options: Options
    given: ProjectOptions
    ignored: Counter[str] = dataclasses.field(default_factory=Counter)
    ignored_by_project: Counter[str] = dataclasses.field(default_factory=Counter)
    in_tests: Counter[str] = dataclasses.field(default_factory=Counter)

    def passes(self, found: Finding) -> bool:
        """Whether a finding is reported."""
        rule = found.rule.name
        tests = _first(self.options.tests, self.given.tests, False)

        if rule in self.options.ignore:
            self.ignored[rule] += 1
        elif self._project_ignores(rule):
            self.ignored_by_project[rule] += 1
        elif not tests and is_test(found.place.path):
            self.in_tests[rule] += 1
        else:
            return True

        return False

    def _project_ignores(self, rule: str) -> bool:
        # What the command line asks for by name, no project takes away.
        if self.options.select is not None:
            return False

        chosen = self.given.select
        return rule in self.given.ignore or (chosen is not None and rule not in chosen)


def _reported(
    project: Project, sieve: _Sieve, findings: Iterable[Finding], sifted: Sorted
) -> list[Reported]:
    """Return what is reported, open and allowed, in order of place."""
    by = {id(found): allow for found, allow in sifted.allowed}
    every = [*findings, *(found for found, _ in sifted.allowed)]
    every.sort(key=lambda f: (f.place.path, f.place.line, f.place.column, f.rule.name))
    secret = frozenset(rule for rule, c in _CONTROL_OF.items() if c == SECRETS)
    # Before anything is left out, so that an option changes no fingerprint.
    prints = fingerprints(every, project.line, secret)
    hidden = _lines_of(f for f in every if f.rule.name in secret)
    return [
        Reported(
            finding=found,
            control=_CONTROL_OF.get(found.rule.name, ""),
            fingerprint=fingerprint,
            code=_code(project, found.place, hidden),
            allowed=by.get(id(found)),
        )
        for found, fingerprint in zip(every, prints, strict=True)
        if sieve.passes(found)
    ]


def _lines_of(findings: Iterable[Finding]) -> frozenset[tuple[str, int]]:
    return frozenset(
        (f.place.path, line)
        for f in findings
        for line in range(f.place.line, max(f.place.line, f.place.end_line) + 1)
    )


def _code(project: Project, place: Place, hidden: frozenset[tuple[str, int]]) -> str:
    """Return the line as it may be shown, of a long one what is around the place."""
    line = project.line(place)

    if (place.path, place.line) in hidden:
        return mask(line) if len(line) <= LONG else MASK

    start = max(place.column - LONG // 4, 0) if len(line) > LONG else 0
    return line[start : start + LONG]


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _first(*values: T | None) -> T:
    """Return the first that somebody gave; the last is there always."""
    return next(value for value in values if value is not None)
