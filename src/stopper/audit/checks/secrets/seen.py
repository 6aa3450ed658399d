"""Does any file hold what looks like a token, a private key or a password?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.secrets.control import COMMITTED_PRIVATE_KEY
from ....controls.secrets.control import COMMITTED_TOKEN
from ....controls.secrets.control import CREDENTIALS_IN_URL
from ....controls.secrets.formats import private_keys
from ....controls.secrets.formats import tokens
from ....controls.secrets.policy import credentials
from ....controls.secrets.policy import local_credentials
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Place
from ...survey.deployment import committed
from ...survey.deployment import rehearsal
from ...survey.deployment import where
from ...survey.files import SourceFile
from ...survey.index import parent_of
from ...survey.kinds import Kind
from ...survey.project import Project


@check(COMMITTED_TOKEN, asks=Project)
def committed_token(project: Project) -> Iterator[Finding]:
    """Does a file hold a token of a well-known service?"""
    for file in _kept(project):
        for token in tokens(file.text):
            yield finding(
                COMMITTED_TOKEN,
                _place(file, token.start),
                token.mark,
                confidence=_sure(project, file, low=token.weak),
                issuer=token.issuer,
                where=_kind(file),
            )


@check(COMMITTED_PRIVATE_KEY, asks=Project)
def committed_private_key(project: Project) -> Iterator[Finding]:
    """Does a file hold a private key?"""
    for file in _kept(project):
        for key in private_keys(file.text):
            yield finding(
                COMMITTED_PRIVATE_KEY,
                _place(file, key.start),
                key.mark,
                confidence=_sure(project, file, low=key.encrypted),
                where=_kind(file),
            )


def _kept(project: Project) -> Iterator[SourceFile]:
    for file in project.files.values():
        if committed(project, file.name) is not False:
            yield file


def _place(file: SourceFile, start: int) -> Place:
    line = file.text.count("\n", 0, start) + 1
    column = start - file.text.rfind("\n", 0, start)
    return Place(file.name, line, column, line)


def _sure(project: Project, file: SourceFile, *, low: bool) -> Confidence:
    if low or rehearsal(file.name):
        return Confidence.LOW

    loose = file.kind in (Kind.ENV, Kind.KEY) and not committed(project, file.name)
    return Confidence.LOW if loose else Confidence.HIGH


def _kind(file: SourceFile) -> str:
    return {
        Kind.PYTHON: "the source",
        Kind.TEMPLATE: "a template",
        Kind.KEY: "a key file of the project",
    }.get(file.kind, "a configuration file")


@check(CREDENTIALS_IN_URL, asks=Project)
def credentials_in_url(project: Project) -> Iterator[Finding]:
    """Does an address in the source or its configuration hold a password?"""
    for site in project.nodes(ast.Constant):
        node = site.node
        assert isinstance(node, ast.Constant)  # noqa: S101  # by its caller
        text = node.value

        # Prose shows addresses that nobody uses.
        if not isinstance(text, str) or isinstance(parent_of(node), ast.Expr):
            continue

        for scheme, _ in credentials(text):
            low = rehearsal(site.place.path) or local_credentials(text)
            confidence = Confidence.LOW if low else None
            place = site.place
            yield finding(CREDENTIALS_IN_URL, place, scheme, confidence=confidence)

    for entry in project.entries:
        value = entry.value

        if not isinstance(value, str) or committed(project, entry.path) is False:
            continue

        if credentials(value):
            place, name = where(project, entry)
            file = project.files.get(entry.path)
            loose = file is not None and file.kind is Kind.ENV
            low = rehearsal(entry.path) or local_credentials(value)
            low = low or (loose and not committed(project, entry.path))
            confidence = Confidence.LOW if low else None
            yield finding(CREDENTIALS_IN_URL, place, name, confidence=confidence)
