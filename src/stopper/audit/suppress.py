"""Which findings an allow comment answers for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from collections.abc import Mapping

from ..controls import CONTROLS
from ..controls.audit.control import ALLOW_WITHOUT_REASON
from ..controls.audit.control import OBSOLETE_ALLOW
from ..controls.audit.control import UNKNOWN_ALLOW
from .finding import Finding
from .survey.comments import Allow

#: What is found about allow comments cannot be allowed by one.
FINAL = frozenset(r.name for r in (ALLOW_WITHOUT_REASON, UNKNOWN_ALLOW, OBSOLETE_ALLOW))


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    """Findings by what the project's comments say of them.

    :param open: Those that no comment allows.
    :param allowed: Those that one allows, with it.
    :param used: Each comment that allowed something, with the name that did.
    """

    open: tuple[Finding, ...]
    allowed: tuple[tuple[Finding, Allow], ...]
    used: frozenset[tuple[Allow, str]]


def sort(findings: Iterable[Finding], allows: Iterable[Allow]) -> Sorted:
    """Return the findings, each on the side that the comments put it.

    A comment is about a finding on one of whose lines it stands, or right above which
    it stands alone.
    """
    lines: dict[tuple[str, int], list[Allow]] = {}

    for allow in allows:
        lines.setdefault((allow.path, allow.line), []).append(allow)

    left: list[Finding] = []
    allowed: list[tuple[Finding, Allow]] = []
    used: set[tuple[Allow, str]] = set()

    for found in findings:
        matches = [
            (allow, name)
            for allow in _about(found, lines)
            for name in allow.rules
            if found.rule.name not in FINAL and name in names_of(found.rule.name)
        ]

        if matches:
            # Two comments may allow one finding; neither is obsolete.
            used.update(matches)
            best = next((a for a, _ in matches if a.reason), matches[0][0])
            allowed.append((found, best))
        else:
            left.append(found)

    return Sorted(tuple(left), tuple(allowed), frozenset(used))


def names_of(rule: str) -> tuple[str, ...]:
    """Return the names under which a rule can be allowed: its own and its control's."""
    return _NAMES.get(rule, (rule,))


def _about(
    found: Finding, lines: Mapping[tuple[str, int], list[Allow]]
) -> Iterable[Allow]:
    place = found.place

    if not lines or not place.line:
        return

    for line in range(place.line, max(place.line, place.end_line) + 1):
        yield from lines.get((place.path, line), ())

    line = place.line - 1

    while above := [a for a in lines.get((place.path, line), ()) if a.alone]:
        yield from above
        line -= 1


_NAMES = {r.name: (r.name, c.name) for c in CONTROLS for r in c.rules}
