"""What a browser takes an answer for."""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.templates.control import CHOSEN_CONTENT_TYPE
from ...check import check
from ...finding import Finding
from ...survey.flow.flow import Flow
from ...survey.flow.flow import Origin
from ...survey.flow.flows import best
from ...survey.flow.flows import flows
from ...survey.project import Project
from ...survey.site import Site
from ..ends import ended

#: What no link makes a visitor's browser send.
_NO_LINK = frozenset(
    f"flask.request.{name}"
    for name in ("accept_mimetypes", "content_type", "cookies", "headers", "mimetype")
)

_ANSWER = re.compile(r"resp|reply|answer|(?:^|\.)rv$", re.I)

_ATTRIBUTES = frozenset({"content_type", "mimetype"})


#: What a browser runs scripts in.
_PAGES = ("text/html", "application/xhtml+xml", "image/svg+xml")


def other_type(call: Site) -> bool:
    """Say whether a call makes an answer of which it says that it is no page."""
    given = {"mimetype", "content_type", "headers"} & set(call.keywords)

    if call.keywords.get("direct_passthrough") is not None:
        return True

    return any(not html(call.keywords[name]) for name in given)


def html(said: Site) -> bool:
    """Say whether a type, or the headers with it, are surely those of a page."""
    node = said.node

    if isinstance(node, ast.Dict):
        types = [
            said.at(value)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and _named(key.value)
        ]
        return None not in node.keys and all(map(html, types))

    constant = said.constant
    text = constant.value if constant is not None else None
    return isinstance(text, str) and text.lower().startswith(_PAGES)


@check(CHOSEN_CONTENT_TYPE, asks=Project)
def chosen_content_type(project: Project) -> Iterator[Finding]:
    """Does the app alone say what its answers are?"""
    for found in project.sinks("content-type"):
        yield from _judge(project, found.call, found.argument)

    for call in project.calls(*sorted(project.models.named("response"))):
        for name in ("headers", "headers_or_status"):
            headers = call.keywords.get(name)

            if headers is not None and isinstance(headers.node, ast.Dict):
                yield from _listed(project, call, headers)

    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)

        for target in node.targets:
            name = _set(assign, target)

            if name:
                at, value = assign.at(target), assign.at(node.value)
                yield from _judge(project, at, value, name)


def _listed(project: Project, call: Site, headers: Site) -> Iterator[Finding]:
    node = t.cast(ast.Dict, headers.node)

    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and _named(key.value):
            yield from _judge(project, call, call.at(value))


def _set(assign: Site, target: ast.expr) -> str:
    """Return how the type is named where an assignment sets it, empty if it does not."""
    if isinstance(target, ast.Attribute) and target.attr in _ATTRIBUTES:
        return target.attr if _answers(assign.at(target.value)) else ""

    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Attribute):
        key = target.slice.value if isinstance(target.slice, ast.Constant) else None
        headers = target.value.attr == "headers" and _named(key)
        return "headers" if headers and _answers(assign.at(target.value.value)) else ""

    return ""


def _answers(thing: Site) -> bool:
    """Say whether something is an answer, by its type or else by what it is called."""
    name = thing.type or ""

    if name.startswith(("flask.", "werkzeug.")):
        return True

    return name.partition(".")[0] != "requests" and bool(_ANSWER.search(thing.source))


def _named(key: object) -> bool:
    return isinstance(key, str) and key.lower() == "content-type"


def _judge(
    project: Project, at: Site, value: Site, name: str = ""
) -> Iterator[Finding]:
    if value.literal:
        return

    flow = _chosen(project, value)

    if flow is not None:
        yield ended(CHOSEN_CONTENT_TYPE, at, flow, Confidence.MEDIUM, name=name)


def _chosen(project: Project, value: Site) -> Flow | None:
    """Return the flow of a value that somebody's link, form or file brings."""
    clears = project.models.named("content-type-cleaner")
    found = flows(project).into(value, "content-type", clears)
    asked = (f for f in found if f.origin is Origin.REQUEST)
    return best(f for f in asked if f.name not in _NO_LINK)
