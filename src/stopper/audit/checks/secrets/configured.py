"""Are secrets out of the configuration files that git keeps?"""

from __future__ import annotations

from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.secrets.control import HARDCODED_SECRET
from ....controls.secrets.control import HARDCODED_SECRET_KEY
from ....controls.secrets.policy import credible
from ....controls.secrets.policy import filled_in
from ....controls.secrets.policy import placeholder
from ....controls.secrets.policy import sample
from ....controls.secrets.policy import secret_name
from ....controls.secrets.policy import signing_name
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.config import Entry
from ...survey.deployment import committed
from ...survey.deployment import key
from ...survey.deployment import rehearsal
from ...survey.deployment import specimen
from ...survey.deployment import where
from ...survey.kinds import Kind
from ...survey.project import Project


@check(HARDCODED_SECRET_KEY, asks=Project)
def secret_key_in_configuration(project: Project) -> Iterator[Finding]:
    """Does a configuration file that git keeps hold a key that signs?"""
    for entry, value in _said(project):
        if not signing_name(key(entry)) or filled_in(value):
            continue

        # What is there to be filled in is no key, unless someone filled it in.
        if specimen(entry.path) and not credible(value):
            continue

        place, name = where(project, entry)
        what = (
            "a key that tutorials show"
            if sample(value)
            else f"set in {_of(project, entry)}"
        )
        confidence = _sure(project, entry)
        yield finding(
            HARDCODED_SECRET_KEY, place, name, confidence=confidence, what=what
        )


@check(HARDCODED_SECRET, asks=Project)
def hardcoded_in_configuration(project: Project) -> Iterator[Finding]:
    """Does a configuration file that git keeps hold a password or a token?"""
    for entry, value in _said(project):
        name = key(entry)

        if signing_name(name) or not secret_name(name) or placeholder(value):
            continue

        # A short word is taken for a secret only where it can be nothing else.
        word = " " in value or "PASS" not in name.upper()

        if not credible(value) and (specimen(entry.path) or word):
            continue

        place, written = where(project, entry)
        sure = _sure(project, entry) if credible(value) else Confidence.LOW
        confidence = min(sure, Confidence.MEDIUM)
        what = f"a secret in {_of(project, entry)}"
        yield finding(
            HARDCODED_SECRET, place, written, confidence=confidence, what=what
        )


def _said(project: Project) -> Iterator[tuple[Entry, str]]:
    """Yield the texts that configuration sets in files that may be committed."""
    for entry in project.entries:
        value = entry.value

        if isinstance(value, str) and value.strip() and entry.section != "command":
            if committed(project, entry.path) is not False:
                yield entry, value.strip()


def _sure(project: Project, entry: Entry) -> Confidence:
    if rehearsal(entry.path):
        return Confidence.LOW

    if committed(project, entry.path):
        return Confidence.HIGH

    # An environment file belongs beside the app; only committing it is wrong.
    file = project.files.get(entry.path)
    environment = file is not None and file.kind is Kind.ENV
    return Confidence.LOW if environment else Confidence.MEDIUM


def _of(project: Project, entry: Entry) -> str:
    kept = committed(project, entry.path)
    return "a file that git keeps" if kept else "a configuration file"
