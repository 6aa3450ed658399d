"""What a finding is known by when the lines around it move."""

from __future__ import annotations

import collections
import hashlib
import re
from collections.abc import Callable
from collections.abc import Sequence

from .finding import Finding
from .finding import Place

#: What is looked at of a line that a tool wrote.
LONG = 2000  # characters

_ALLOW = re.compile(r"(?:#|\{#)[ \t]*stopper:[ \t]*allow\b.*")


def fingerprints(
    findings: Sequence[Finding],
    line: Callable[[Place], str],
    secret: frozenset[str] = frozenset(),
) -> list[str]:
    """Return a fingerprint for each finding: 32 hexadecimal digits.

    It is made of rule, path and the line's text without its blanks, so it stays when
    the line moves and goes when the line is changed. Equal ones in a file are
    numbered from the top.

    :param line: Returns the source line of a place.
    :param secret: Names of rules whose lines hold secrets. The subject stands in for
        the line, so that nobody can try secrets against a published fingerprint.
    """
    seen: collections.Counter[tuple[str, str, str]] = collections.Counter()
    made = [""] * len(findings)

    for number in sorted(range(len(findings)), key=lambda n: _order(findings[n])):
        found = findings[number]
        rule, path = found.rule.name, found.place.path
        text = found.subject if rule in secret else line(found.place)[:LONG]
        key = rule, path, "".join(_ALLOW.sub("", text).split()) or found.subject
        # A file name may hold a newline, but never this.
        parts = "\0".join((*key, str(seen[key])))
        digest = hashlib.sha256(parts.encode("utf-8", "backslashreplace"))
        made[number] = digest.hexdigest()[:32]
        seen[key] += 1

    return made


def _order(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.place
    return place.path, place.line, place.column, finding.subject
