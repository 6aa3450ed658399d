"""The rows of the models, and what the audit says of the examples that they carry."""

from __future__ import annotations

import copy
import dataclasses
import functools
import re
import tomllib
from collections.abc import Iterator
from unittest.mock import patch

from audit.survey.resolves import MODELS
from projects import project
from stopper.audit.checks import CHECKS
from stopper.audit.run import audit
from stopper.audit.survey import project as survey
from stopper.audit.survey.models import joined
from stopper.audit.survey.models import Library
from stopper.audit.survey.models import Models
from stopper.audit.survey.models import TABLES

FILE = re.compile(r"^(?:#|\{#) file: (\S+?)(?: #\})?$")
FIND = re.compile(r"(?:#|\{#) find: ([a-z0-9-]+)(?: \((high|medium|low)\))?(?: #\})?$")

#: A rule, a file, a line, and how sure it is where the example says so.
Claim = tuple[str, str, int, str]


@dataclasses.dataclass(frozen=True)
class Row:
    """One row of a model, by the order in which it stands in its file."""

    file: str
    table: str
    number: int
    finds: str
    silent: str

    def __str__(self) -> str:
        return f"{self.file}:{self.table}:{self.number}"


@functools.cache
def libraries() -> dict[str, Library]:
    """Return every model as its file has it."""
    files = sorted(MODELS.glob("*.toml"))
    return {f.stem: tomllib.loads(f.read_text("utf-8")) for f in files}


def rows() -> Iterator[Row]:
    """Yield every row of every model."""
    for file, library in libraries().items():
        for table in TABLES:
            for number, row in enumerate(library.get(table, ())):
                finds, silent = row.get("finds", ""), row.get("silent", "")
                yield Row(file, table, number, finds, silent)


def without(row: Row) -> Models:
    """Return the models without what one row says; its kind stays known."""
    changed = copy.deepcopy(libraries())
    said = changed[row.file][row.table][row.number]

    for key in {"names", "calls"} & set(said):
        said[key] = []

    return joined(changed.values())


def files(text: str) -> dict[str, str]:
    """Return the files of an example: ``# file: name`` begins another one."""
    found = {"page.py": ""}
    name = "page.py"

    for line in text.strip("\n").split("\n"):
        if m := FILE.match(line):
            name = m[1]

        found[name] = found.get(name, "") + line + "\n"

    return {name: text for name, text in found.items() if text}


def said(text: str) -> set[Claim]:
    """Return what an example says of itself."""
    return {
        (m[1], name, number, m[2] or "")
        for name, source in files(text).items()
        for number, line in enumerate(source.split("\n"), 1)
        if (m := FIND.search(line.rstrip()))
    }


def heard(text: str, rules: set[str], models: Models | None = None) -> set[Claim]:
    """Return what the checks of these rules find in an example, with and without doubt.

    :param models: The models to ask instead of those that Stopper ships.
    """
    checks = [check for check in CHECKS if check.rule.name in rules]

    with patch.object(survey, "models", lambda: models or _models()):
        result = audit([project(files(text))], checks)

    assert result.failures == (), result.failures
    found: set[Claim] = set()

    for finding in result.findings:
        place = finding.place.path, finding.place.line
        found.add((finding.rule.name, *place, ""))
        found.add((finding.rule.name, *place, finding.confidence.name.lower()))

    return found


_models = survey.models


def broken(row: Row, models: Models | None = None) -> str:
    """Return what is wrong with a row's examples, empty if nothing is."""
    claims = said(row.finds)
    rules = {rule for rule, *_ in claims}

    if not claims:
        return "finds says nothing"

    found = heard(row.finds, rules, models)

    if not claims <= found:
        return f"finds: {sorted(claims - found)} is not in {sorted(found)}"

    places = {claim[:3] for claim in claims}

    if extra := {claim for claim in found if claim[:3] not in places}:
        return f"finds: {sorted(extra)} is found too"

    if extra := heard(row.silent, rules, models):
        return f"silent: {sorted(extra)}"

    return ""
