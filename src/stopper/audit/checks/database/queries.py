"""What asks directories, documents and XML: a value never becomes a part of the question."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....controls.database.control import LDAP_INJECTION
from ....controls.database.control import NOSQL_INJECTION
from ....controls.database.control import XPATH_INJECTION
from ...check import check
from ...finding import Finding
from ...survey.flow.flow import Flow
from ...survey.flow.flow import Origin
from ...survey.flow.flows import best
from ...survey.flow.flows import flows
from ...survey.index import parent_of
from ...survey.nodes import walk
from ...survey.pieces import text_pieces
from ...survey.project import Project
from ...survey.site import Site
from ...survey.values import Built
from ..ends import ended
from ..ends import ends
from ..ends import given

#: How a filter of RFC 4515 begins: ``(uid=``, ``(&(objectClass=person)(uid=``.
_FILTER = re.compile(r"\(\s*(?:[&|!]\s*\(\s*)*[\w.;:-]*\s*[~<>]?=")


@check(LDAP_INJECTION, asks=Project)
def ldap_injection(project: Project) -> Iterator[Finding]:
    """Is a filter for a directory written by the app alone?"""
    clears = project.models.named("ldap-cleaner")

    for found in project.sinks("ldap"):
        yield from _text(project, found.call, found.argument, "ldap", clears)

    # An object of unknown type: that it asks a directory, the filter says.
    for call in project.calls(*sorted(project.models.named("ldap-method"))):
        for text in (call.argument(1), call.argument(2), call.keywords.get("filter")):
            if text is not None and _FILTER.match(_shown(text)):
                yield from _text(project, call, text, "ldap", clears)


def _text(
    project: Project, call: Site, text: Site, kind: str, clears: frozenset[str]
) -> Iterator[Finding]:
    rule = LDAP_INJECTION if kind == "ldap" else XPATH_INJECTION

    if text.literal:
        return

    flow = flows(project).first(text, kind, clears)

    if flow is not None:
        yield ended(rule, call, flow)
    elif isinstance(text.value, Built) and flows(project).given(text, kind, clears):
        yield given(rule, call)


def _shown(text: Site) -> str:
    """Return a text with empty holes, as far as it is to be seen where it is used."""
    node = text.node

    if isinstance(node, ast.Name) and text.bound is not None:
        node = text.bound[1].node or node

    pieces = text_pieces(node) or ()
    return "".join(p if isinstance(p, str) else "" for p in pieces)


@check(XPATH_INJECTION, asks=Project)
def xpath_injection(project: Project) -> Iterator[Finding]:
    """Is a path into XML written by the app alone?"""
    for found in project.sinks("xpath"):
        yield from _text(project, found.call, found.argument, "xpath", frozenset())


#: What of a request is more than text: a mapping with operators in it.
_STRUCTURES = frozenset({"flask.request.json", "flask.request.get_json"})


@check(NOSQL_INJECTION, asks=Project)
def nosql_injection(project: Project) -> Iterator[Finding]:
    """Is a value in a query for documents a value, and no operator?"""
    clears = project.models.named("nosql-cleaner")

    for call in _queries(project):
        arguments = list(getattr(call.node, "args", ()))[:2]
        arguments += [k.value for k in getattr(call.node, "keywords", ())]

        for argument in arguments:
            flow = _structure(project, call.at(argument), clears) or _script(
                project, call.at(argument)
            )

            if flow is not None:
                yield ended(NOSQL_INJECTION, call, flow)
                break

    yield from ends(project, NOSQL_INJECTION, "nosql-script")


def _queries(project: Project) -> Iterator[Site]:
    """Yield the calls that ask a collection, told by what the database comes from."""
    clients = sorted(project.models.named("nosql-client"))
    roots = tuple(f"{name}{mark}" for name in clients for mark in ".[(")

    for call in project.called(*sorted(project.models.named("nosql-method"))):
        if (call.name or "").startswith(roots):
            yield call


def _structure(project: Project, query: Site, clears: frozenset[str]) -> Flow | None:
    """Return a flow of what may be a mapping: JSON, whole or a part of it."""
    found = flows(project).into(query, "nosql", clears)
    asked = (f for f in found if f.origin is Origin.REQUEST)
    return best(f for f in asked if f.name in _STRUCTURES or _parsed(query, f))


def _parsed(query: Site, flow: Flow) -> bool:
    """Say whether a text was read as JSON on its way."""
    statements = [parent_of(hop.node) or hop.node for hop in flow.hops]
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "loads"
        for root in (query.node, *statements)
        for node in walk(root)
    )


def _script(project: Project, query: Site) -> Flow | None:
    """Return a flow into the JavaScript of ``{"$where": ...}``."""
    for node in walk(query.node):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in {
                    "$where",
                    "$function",
                }:
                    return flows(project).first(query.at(value), "nosql-script")

    return None
