"""Does what a visitor says of himself decide what he may?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import TRUSTED_CLAIM
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.guards import Guards
from ...survey.index import Function
from ...survey.index import FUNCTIONS
from ...survey.index import parent_of
from ...survey.module import function_of
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.site import Site
from .families import looks_at_who_asks
from .parts import asked_of
from .parts import refused

_ROLE = re.compile(
    r"(?:x[-_])?(?:is[-_]?)?(?:admin(?:istrator)?|super[-_]?user|staff|moderator)"
    r"|(?:x[-_])?(?:user[-_]?)?(?:roles?|privileges?|permissions?)",
    re.I,
)

#: What a cookie that nobody signed says of who brings it.
_IDENTITY = re.compile(
    r"user(?:_?name|_?id)?|uid|login|logged_?in|(?:is_?)?auth(?:enticated)?|account",
    re.I,
)

#: Where a request says that it comes from, by its own word.
_FROM = re.compile(r"host|x-forwarded-(?:for|host)|x-real-ip|referer|origin", re.I)

_INSIDE = re.compile(r"localhost|127\.|\b::1|192\.168\.|^10\.|internal", re.I)


@check(TRUSTED_CLAIM, asks=Project)
def trusted_claim(project: Project) -> Iterator[Finding]:
    """Does a role, a name or an address that the request brings let it in?"""
    for test in project.nodes(ast.If):
        node = test.node
        assert isinstance(node, ast.If)  # noqa: S101  # by its caller

        if test.module.test or function_of(node) is None:
            continue

        for site, said in _claims(test.at(node.test)):
            confidence = _decides(project, test, said)

            if confidence is not None:
                yield finding(
                    TRUSTED_CLAIM,
                    site.place,
                    site.written,
                    confidence=confidence,
                    claim=f"`{said[1]}`",
                )
                break


def _claims(test: Site) -> Iterator[tuple[Site, tuple[str, str]]]:
    """Yield what a test reads of a request's own word."""
    for node in walk(test.node):
        if isinstance(node, ast.Call | ast.Subscript | ast.Name):
            said = asked_of(test.at(node))

            if said is not None:
                yield test.at(node), said
        elif isinstance(node, ast.Attribute):
            if test.at(node).type == "flask.request.host":
                yield test.at(node), ("headers", "Host")


def _decides(project: Project, test: Site, said: tuple[str, str]) -> Confidence | None:
    """Say how surely a claim decides who gets in, ``None`` if it does not."""
    part, key = said
    node = test.node
    assert isinstance(node, ast.If)  # noqa: S101  # by its caller
    text = test.at(node.test).source

    if part == "headers" and _FROM.fullmatch(key):
        inside = bool(_INSIDE.search(text.replace('"', " ").replace("'", " ")))
        return Confidence.MEDIUM if inside and _guards(project, test) else None

    if part in {"cookies", "headers"} and _ROLE.fullmatch(key):
        return Confidence.MEDIUM

    if part == "cookies" and _IDENTITY.fullmatch(key):
        return Confidence.MEDIUM if _guards(project, test) else None

    asked = part in {"args", "form", "values", "json", "get_json"}
    return (
        Confidence.MEDIUM
        if asked and _ROLE.fullmatch(key) and _guards(project, test, alone=True)
        else None
    )


def _guards(project: Project, test: Site, *, alone: bool = False) -> bool:
    """Say whether a test refuses somebody, at once or by what comes after it.

    :param alone: Whether nothing else of its function may look at who asks.
    """
    node = test.node
    function = function_of(node)
    assert isinstance(node, ast.If)  # noqa: S101  # by its caller

    if not isinstance(function, FUNCTIONS):
        return False

    if alone and _asked_before(project, test, function):
        return False

    rest: list[ast.stmt] = [s for s in function.body if s.lineno > node.lineno]
    after = [*node.orelse, *(_next(node) if alone else rest)]
    return refused(project, test, node.body) or refused(project, test, after)


def _next(node: ast.If) -> list[ast.stmt]:
    """Return the statement that follows a test in its block."""
    block: list[ast.stmt] = getattr(parent_of(node), "body", [])
    after = block.index(node) + 1 if node in block else len(block)
    return block[after : after + 1]


def _asked_before(project: Project, test: Site, function: Function) -> bool:
    """Say whether a function, or what stands above it, looks at who asks as well."""
    above = tuple(test.at(d) for d in function.decorator_list)
    guarded = project.refusals.guarded(above) is not Guards.NO
    return guarded or looks_at_who_asks(test.module.segment(function))
