"""Is no known hole shipped, and is someone left who mends the next?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.dependencies.control import DEAD_DEPENDENCY
from ...controls.dependencies.control import UNHASHED_REQUIREMENTS
from ...controls.dependencies.control import UNPINNED_REQUIREMENTS
from ...controls.dependencies.control import VULNERABLE_VERSION
from ...controls.dependencies.policy import dead
from ...controls.dependencies.policy import holes_of
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Place
from ..survey.deployment import rehearsal
from ..survey.kinds import Kind
from ..survey.project import Project
from ..survey.requirements import Requirement


@check(UNPINNED_REQUIREMENTS, asks=Project)
def unpinned_requirements(project: Project) -> Iterator[Finding]:
    """Is what will be installed left open?"""
    locked = any(r.locked for r in project.requirements)

    for rows in _files(project):
        loose = [r for r in rows if not r.pinned and r.name]

        if loose and not locked:
            place, name = _where(project, loose[0])
            count = f"{len(loose)} of {len(rows)}"
            yield finding(UNPINNED_REQUIREMENTS, place, name, count=count)


@check(UNHASHED_REQUIREMENTS, asks=Project)
def unhashed_requirements(project: Project) -> Iterator[Finding]:
    """Are exact versions taken without their hashes?"""
    locked = any(r.locked for r in project.requirements)

    for rows in _files(project):
        bare = [r for r in rows if not r.hashed and not r.url]

        if bare and not locked and all(r.pinned for r in rows):
            place, name = _where(project, bare[0])
            yield finding(UNHASHED_REQUIREMENTS, place, name)


def _files(project: Project) -> Iterator[list[Requirement]]:
    """Yield what each requirements file that pip installs from says."""
    found: dict[str, list[Requirement]] = {}

    for requirement in project.requirements:
        file = project.files.get(requirement.path)
        pip = file is not None and file.kind is Kind.REQUIREMENTS
        # What a lock file is made from is meant to be open.
        text = (
            requirement.path.endswith(".txt") and "constraint" not in requirement.path
        )

        if pip and text and not rehearsal(requirement.path):
            found.setdefault(requirement.path, []).append(requirement)

    yield from found.values()


@check(DEAD_DEPENDENCY, asks=Project)
def dead_dependency(project: Project) -> Iterator[Finding]:
    """Is something required that nobody keeps any more?"""
    for requirement in _once(project.requirements):
        package = dead().get(requirement.name)

        if package is not None:
            place, name = _where(project, requirement)
            yield finding(
                DEAD_DEPENDENCY,
                place,
                name,
                last=package.last,
                instead=package.instead,
            )


def _once(rows: Iterable[Requirement]) -> Iterator[Requirement]:
    """Yield one row a package: what people wrote before what a tool did."""
    seen: set[str] = set()

    for requirement in sorted(rows, key=lambda r: (r.locked, r.path.count("/"))):
        if requirement.name not in seen:
            seen.add(requirement.name)
            yield requirement


@check(VULNERABLE_VERSION, asks=Project)
def vulnerable_version(project: Project) -> Iterator[Finding]:
    """Is a version required that has a published hole?"""
    for requirement in project.requirements:
        if requirement.url:
            continue

        found = holes_of(requirement.name, requirement.specifier)

        if found:
            place, name = _where(project, requirement)
            ids = ", ".join(dict.fromkeys(hole.id for hole in found))
            grave = [hole for hole in found if not hole.minor]
            low = rehearsal(requirement.path) or not grave
            yield finding(
                VULNERABLE_VERSION,
                place,
                name,
                confidence=Confidence.LOW if low else None,
                holes=ids,
                what=(grave or found)[0].what,
                fixed=max(hole.fixed for hole in found),
            )


def _where(project: Project, requirement: Requirement) -> tuple[Place, str]:
    """Return the place of a requirement, and its name as it is written there."""
    pattern = re.compile(requirement.name.replace("-", "[-_.]+"), re.I)
    file = project.files.get(requirement.path)
    lines = file.lines if file else ()

    # A block of a lock file may name its package some lines below its start.
    for number in range(requirement.line, min(requirement.line + 4, len(lines) + 1)):
        match = pattern.search(lines[number - 1]) if number else None

        if match:
            return Place(requirement.path, number, 0, number), match[0]

    place = Place(requirement.path, requirement.line, 0, requirement.line)
    return place, requirement.name
