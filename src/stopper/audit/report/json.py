"""The report for a program: one JSON object.

::

    {
      "version": 1,             what this page describes; a key is added without a new
                                number, and goes or changes its meaning only with one
      "tool": {"name": "stopper", "version": "0.1.0"},
      "summary": {
        "root": "app",          the last part of the audited folder's path
        "exit_code": 1,         2: a check failed; 1: a finding at or above fail_on
        "fail_on": "medium",    note, low, medium, high or never
        "files": 12, "lines": 3400, "seconds": 0.4,
        "rules": ["..."],       the rules that ran
        "findings": {"high": 1, "medium": 0, "low": 2, "note": 0},
        "allowed": {"RULE": 1},             by comments of the project
        "ignored": {"RULE": 1},             by an option
        "ignored_by_project": {"RULE": 1},  by [tool.stopper]
        "in_tests": {"RULE": 1},            left out, unless --tests
        "project_options": ["ignore = [...]"],
        "not_obeyed": {"nosec": 1},         comments that silence other tools
        "skipped": {"REASON": 1},           files and folders that were not read
        "not_modelled": ["library"]         imported, and nothing is known of it
      },
      "findings": [
        {
          "rule": "...", "control": "...",
          "level": "high",      the lower of the two below
          "severity": "high", "confidence": "high",
          "exposure": "anyone", who can bring it about: anyone, login, unknown
          "message": "...", "reason": "...", "mend": "...",
          "cwe": [79], "asvs": ["1.2.1"],
          "path": "app/views.py", "line": 3, "column": 5, "end_line": 3,
                                from 1, 0 where there is none
          "subject": "...", "code": "...",  the line, its secrets masked
          "steps": [{"path": "...", "line": 1, "message": "..."}],
          "other_ways": [[{}]],  the same, for a value that comes in elsewhere
          "fingerprint": "...", stays when the lines around move
          "allowed": null       or {"line": 2, "reason": "..."}
        }
      ],
      "notes": [{"name": "syntax-error", "path": "...", "line": 4, "message": "..."}],
      "failures": []            the same, of checks that could not finish
    }
"""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from collections.abc import Iterator

from ... import __version__
from ...catalogue.rule import Severity
from ..finding import Step
from ..summary import Report
from ..summary import Reported
from ..survey.note import Note
from .printable import encodable

#: The version of the shape that this module's page describes.
VERSION = 1

_NEVER = len(Severity)


def render(report: Report) -> Iterator[str]:
    """Yield the report, line by line."""
    yield from json.dumps(document(report), indent=2).split("\n")


def document(report: Report) -> dict[str, t.Any]:
    """Return the report as what JSON can hold."""
    every = sorted(
        (*report.findings, *report.allowed),
        key=lambda r: (r.finding.place.path, r.finding.place.line, r.finding.rule.name),
    )
    return {
        "version": VERSION,
        "tool": {"name": "stopper", "version": __version__},
        "summary": summary(report),
        "findings": [_finding(reported) for reported in every],
        "notes": [_note(note) for note in report.notes],
        "failures": [_note(note) for note in report.failures],
    }


def summary(report: Report) -> dict[str, t.Any]:
    """Return what there is to say about the audit as a whole."""
    levels = Counter(r.finding.level for r in report.findings)
    allowed = Counter(r.finding.rule.name for r in report.allowed)
    never = report.fail_on >= _NEVER
    return {
        "root": encodable(report.root.name),
        "exit_code": report.code,
        "fail_on": "never" if never else Severity(report.fail_on).name.lower(),
        "files": report.files,
        "lines": report.lines,
        "seconds": round(report.seconds, 3),
        "rules": [rule.name for rule in report.rules],
        "findings": {s.name.lower(): levels[s] for s in reversed(Severity)},
        "allowed": dict(sorted(allowed.items())),
        "ignored": dict(report.ignored),
        "ignored_by_project": dict(report.ignored_by_project),
        "in_tests": dict(report.in_tests),
        "project_options": list(map(encodable, report.project_options)),
        "not_obeyed": dict(report.foreign),
        "skipped": dict(report.skipped),
        "not_modelled": list(map(encodable, report.unmodelled)),
    }


def _finding(reported: Reported) -> dict[str, t.Any]:
    found = reported.finding
    rule, place, allowed = found.rule, found.place, reported.allowed
    reason = allowed and {"line": allowed.line, "reason": encodable(allowed.reason)}
    return {
        "rule": rule.name,
        "control": reported.control,
        "level": found.level.name.lower(),
        "severity": found.severity.name.lower(),
        "confidence": found.confidence.name.lower(),
        "exposure": found.exposure.value,
        "message": encodable(found.message),
        "reason": rule.reason,
        "mend": rule.mend,
        "cwe": list(rule.cwe),
        "asvs": list(rule.asvs),
        "path": encodable(place.path),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "subject": encodable(found.subject),
        "code": encodable(reported.code),
        "steps": [_step(step) for step in found.steps],
        "other_ways": [[_step(step) for step in way] for way in found.others],
        "fingerprint": reported.fingerprint,
        "allowed": reason,
    }


def _step(step: Step) -> dict[str, t.Any]:
    return {
        "path": encodable(step.place.path),
        "line": step.place.line,
        "message": encodable(step.message),
    }


def _note(note: Note) -> dict[str, t.Any]:
    return {
        "name": note.name,
        "path": encodable(note.path),
        "line": note.line,
        "message": encodable(note.message),
    }
