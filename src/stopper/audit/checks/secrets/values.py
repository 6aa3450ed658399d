"""Are passwords and tokens out of the source?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.secrets.control import HARDCODED_SECRET
from ....controls.secrets.policy import credible
from ....controls.secrets.policy import placeholder
from ....controls.secrets.policy import secret_name
from ....controls.secrets.policy import SIGNING
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.deployment import rehearsal
from ...survey.project import Project
from ...survey.site import Site
from .keys import as_text

_SOURCE = "a secret in the source"


@check(HARDCODED_SECRET, asks=Project)
def hardcoded_secret(project: Project) -> Iterator[Finding]:
    """Is a password or token written into the source under its own name?"""
    for at, name, value in (*_assigned(project), *_passed(project)):
        if name in SIGNING or not secret_name(name):
            continue

        text = as_text(value.node.value) if isinstance(value.node, ast.Constant) else ""
        confidence = _confidence(name, text)

        if confidence is not None:
            if rehearsal(at.place.path):
                confidence = Confidence.LOW

            yield finding(
                HARDCODED_SECRET, at.place, name, confidence=confidence, what=_SOURCE
            )


def _confidence(name: str, text: str) -> Confidence | None:
    """Say how sure it is that ``text`` is a secret, ``None`` if it is none."""
    if credible(text):
        return Confidence.MEDIUM

    # A setting in capitals is a value; a name in small letters may be a field's.
    short = name.isupper() and "PASS" in name and 0 < len(text) <= 40
    return (
        Confidence.LOW if short and not placeholder(text) and " " not in text else None
    )


def _assigned(project: Project) -> Iterator[tuple[Site, str, Site]]:
    for assign in project.nodes(ast.Assign):
        node = assign.node
        assert isinstance(node, ast.Assign)  # noqa: S101  # by its caller

        for target in node.targets:
            name = _written(target)

            if name:
                yield assign, name, assign.at(node.value)

    for item in project.nodes(ast.Dict):
        node_ = item.node
        assert isinstance(node_, ast.Dict)  # noqa: S101  # by its caller

        for key, value in zip(node_.keys, node_.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield item.at(key), key.value, item.at(value)


def _passed(project: Project) -> Iterator[tuple[Site, str, Site]]:
    for call in project.nodes(ast.Call):
        node = call.node
        assert isinstance(node, ast.Call)  # noqa: S101  # by its caller

        for k in node.keywords:
            if k.arg and isinstance(k.value, ast.Constant):
                yield call.at(k), k.arg, call.at(k.value)


def _written(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id

    if isinstance(target, ast.Attribute):
        return target.attr

    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return target.slice.value if isinstance(target.slice.value, str) else ""

    return ""
