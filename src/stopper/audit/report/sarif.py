"""The report for code scanning services: SARIF 2.1.0, an OASIS standard."""

from __future__ import annotations

import json
import typing as t
import urllib.parse
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence

from ... import __version__
from ...catalogue.rule import Confidence
from ...catalogue.rule import Rule
from ...catalogue.rule import Severity
from ...controls.page import control_of
from ...controls.page import section
from ..finding import Exposure
from ..finding import Finding
from ..finding import Place
from ..finding import Step
from ..summary import Report
from ..summary import Reported
from ..survey.note import Note
from .json import summary
from .printable import encodable

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)

#: What every path is relative to. The reader knows where it has the source.
ROOT = "%SRCROOT%"

#: The name under which a finding's fingerprint stands, with the version of its recipe.
FINGERPRINT = "stopper/v1"

_LEVELS: Mapping[Severity, str] = {
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NOTE: "note",
}

#: As scanning services read it: over 7.0 is high, over 4.0 medium. The number is the
#: middle of the range, for no rule knows more.
_SECURITY_SEVERITY: Mapping[Severity, str] = {
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.5",
    Severity.NOTE: "0.5",
}

#: What it adds to a rank of 100 that anyone can send it, and what is left of the rank of
#: what is not sure.
_OPEN = 10
_SURE: Mapping[Confidence, float] = {
    Confidence.HIGH: 1.0,
    Confidence.MEDIUM: 0.8,
    Confidence.LOW: 0.5,
}

_PRECISION: Mapping[Confidence, str] = {
    Confidence.HIGH: "high",
    Confidence.MEDIUM: "medium",
    Confidence.LOW: "low",
}


def render(report: Report) -> Iterator[str]:
    """Yield the report, line by line."""
    yield from json.dumps(document(report), indent=2).split("\n")


def document(report: Report) -> dict[str, t.Any]:
    """Return the report as what JSON can hold."""
    every = (*report.findings, *report.allowed)
    rules = {r.finding.rule.name: r.finding.rule for r in every}
    rules |= {rule.name: rule for rule in report.rules}
    names = sorted(rules)
    numbers = {name: number for number, name in enumerate(names)}
    run = {
        "tool": {
            "driver": {
                "name": "Stopper",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rules[n], control_of(n)) for n in names],
            }
        },
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The audited folder."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(r, numbers) for r in every],
        "properties": {"summary": summary(report)},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, control: str) -> dict[str, t.Any]:
    links = [
        f"[{r}]({r.url})" for r in rule.references if r.standard == "CWE" and r.url
    ]
    ids = ", ".join((*links, *(f"ASVS {i}" for i in rule.asvs)))
    text = f"{rule.reason}\n\nMend: {rule.mend}"
    page = section(control, rule.name)
    markdown = "\n\n".join(
        filter(None, (f"{rule.reason}\n\n**Mend:** {rule.mend}", page, ids))
    )
    cwe = [f"external/cwe/cwe-{number:03}" for number in rule.cwe]
    return {
        "id": rule.name,
        "name": "".join(part.title() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.name.replace("-", " ").capitalize() + "."},
        "fullDescription": {"text": rule.reason},
        "help": {"text": text, "markdown": markdown},
        **({"helpUri": rule.references[0].url} if rule.cwe else {}),
        "defaultConfiguration": {
            "level": _LEVELS[Severity(min(rule.severity, rule.confidence))]
        },
        "properties": {
            "tags": [
                *cwe,
                "security",
                *filter(None, (control,)),
                *(f"external/asvs/v5.0.0-{i}" for i in rule.asvs),
            ],
            "security-severity": _SECURITY_SEVERITY[rule.severity],
            "precision": _PRECISION[rule.confidence],
        },
    }


def _result(reported: Reported, numbers: Mapping[str, int]) -> dict[str, t.Any]:
    found = reported.finding
    name = found.rule.name
    result: dict[str, t.Any] = {
        "ruleId": name,
        "ruleIndex": numbers[name],
        "level": _LEVELS[found.level],
        "rank": _rank(found),
        "message": {"text": f"{encodable(found.message)} {found.rule.mend}"},
        "locations": [_location(found.place)] if found.place.path else [],
        "partialFingerprints": {FINGERPRINT: reported.fingerprint},
        "properties": {
            "severity": found.severity.name.lower(),
            "confidence": found.confidence.name.lower(),
            "exposure": found.exposure.value,
        },
    }
    steps = [
        _location(step.place, step.message) for step in found.steps if step.place.path
    ]

    if steps and found.place.path:
        result["codeFlows"] = [
            _flow(found, way) for way in (found.steps, *found.others)
        ]
        result["relatedLocations"] = [
            {"id": number, **step} for number, step in enumerate(steps, 1)
        ]

    if reported.allowed is not None:
        suppression = {"kind": "inSource"}

        if reported.allowed.reason:
            suppression["justification"] = encodable(reported.allowed.reason)

        result["suppressions"] = [suppression]

    return result


def _rank(found: Finding) -> float:
    """Return what to look at first, up to 100: the severity, the exposure, the confidence."""
    whole = 10 * float(_SECURITY_SEVERITY[found.severity])
    open_ = _OPEN if found.exposure is Exposure.ANYONE else 0
    return round((whole + open_) * _SURE[found.confidence], 1)


def _flow(found: Finding, way: Sequence[Step]) -> dict[str, t.Any]:
    """Return one way to a finding, the shortest first among them."""
    places = [_location(s.place, s.message) for s in way if s.place.path]

    if not found.begins:
        places.append(_location(found.place, found.message))

    locations = [{"location": place} for place in places]
    return {"threadFlows": [{"locations": locations}]}


def _location(place: Place, message: str = "") -> dict[str, t.Any]:
    physical: dict[str, t.Any] = {
        "artifactLocation": {"uri": _uri(place.path), "uriBaseId": ROOT}
    }

    if place.line:
        region = {"startLine": place.line}

        if place.column:
            region["startColumn"] = place.column

        if place.end_line > place.line:
            region["endLine"] = place.end_line

        physical["region"] = region

    location: dict[str, t.Any] = {"physicalLocation": physical}

    if message:
        location["message"] = {"text": encodable(message)}

    return location


def _uri(path: str) -> str:
    return urllib.parse.quote(encodable(path), safe="/")


def _invocation(report: Report) -> dict[str, t.Any]:
    notices = [
        *(_notice(note, "note") for note in report.notes),
        *(_notice(note, "error") for note in report.failures),
    ]
    return {
        "executionSuccessful": not report.failures,
        "exitCode": report.code,
        "toolExecutionNotifications": notices,
    }


def _notice(note: Note, level: str) -> dict[str, t.Any]:
    notice: dict[str, t.Any] = {
        "descriptor": {"id": note.name},
        "level": level,
        "message": {"text": encodable(note.message)},
    }

    if note.path:
        notice["locations"] = [_location(Place(note.path, note.line))]

    return notice
