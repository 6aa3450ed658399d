"""Where an answer is told by a header, and not by ``redirect``, where to lead."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from .index import parent_of
from .project import Project
from .site import Site

_KEYS = frozenset({"location", "refresh"})


def located(project: Project) -> Iterator[tuple[Site, Site, str]]:
    """Yield where a header that leads on is set, its value, and the word that says so."""
    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)

        for target in node.targets:
            word = _word(target)

            if word:
                yield assign.at(target), assign.at(node.value), word

    for mapping in project.nodes(ast.Dict):
        node_ = t.cast(ast.Dict, mapping.node)

        for key, value in zip(node_.keys, node_.values, strict=True):
            if key is not None and _named(key) and _sent(project, mapping):
                at = mapping.at(key)
                yield at, mapping.at(value), at.written


def _word(target: ast.expr) -> str:
    """Return what names the header in ``answer.headers["Location"]``, empty if nothing does."""
    if isinstance(target, ast.Attribute):
        return "location" if target.attr == "location" and _answer(target.value) else ""

    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute):
        if target.value.attr == "headers" and _named(target.slice):
            return "headers"

    return ""


def _answer(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name in {"response", "resp", "res", "answer", "reply", "rv"}


def _named(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, str) and value.lower() in _KEYS


def _sent(project: Project, mapping: Site) -> bool:
    """Say whether a mapping is what an answer of ours is given for headers."""
    above = parent_of(mapping.node)

    if isinstance(above, ast.Tuple):
        return isinstance(parent_of(above), ast.Return)

    if not isinstance(above, ast.keyword) or above.arg != "headers":
        return False

    call = parent_of(above)
    return isinstance(call, ast.Call) and mapping.at(call).name in project.models.named(
        "response"
    )
