"""A rule: one way in which a control can be found broken."""

from __future__ import annotations

import dataclasses
import enum

from .reference import asvs
from .reference import cwe
from .reference import Reference


class Severity(enum.IntEnum):
    """How much an attacker gains if the finding is true."""

    NOTE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Confidence(enum.IntEnum):
    """How sure a check is that its finding is true."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a control can be found broken.

    :param name: Kebab-case. Reads after the word *allow*, for that is where
        a developer will write it: ``# stopper: allow[unsafe-yaml-load] reason``.
    :param confidence: What a finding has unless its check says otherwise.
        ``LOW`` where only a data flow could decide.
    :param message: What was seen, one sentence in the present tense. Fields in
        braces are filled in by the check.
    :param reason: Why it matters: what an attacker does with it. One or two sentences.
    :param mend: What to write instead, in one or two sentences.
    :param cwe: Numbers of the CWE list, the most exact first.
    :param asvs: Requirement ids of OWASP ASVS 5.0, without the ``v5.0.0-``.
    """

    name: str
    severity: Severity
    confidence: Confidence
    message: str
    reason: str
    mend: str
    cwe: tuple[int, ...]
    asvs: tuple[str, ...]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The standards' entries that this rule is about."""
        return (*map(cwe, self.cwe), *map(asvs, self.asvs))
