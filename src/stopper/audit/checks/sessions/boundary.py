"""What the session says, which the rest of the app believes."""

from __future__ import annotations

import ast
import re
import typing as t
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.sessions.control import REQUEST_IN_SESSION
from ...check import check
from ...finding import Finding
from ...survey.flow.flow import Flow
from ...survey.flow.flows import flows
from ...survey.nodes import walk
from ...survey.project import Project
from ...survey.said import mentions
from ...survey.site import Site
from ..ends import ended
from ..ends import ends

_SESSION = "flask.session"

#: Of these, those that say what somebody may do: no password proves that.
_MAY = re.compile(r"role|admin|perm|group|tenant|scope", re.I)

#: What asks whether somebody is who he says.
_PROVES = re.compile(r"passw|passwd|pwd|pw$|check|verif|valid|authenticate|match", re.I)

#: Keys that say who somebody is, or what they may do.
_WHO = re.compile(
    r"user|uid|account|owner|identity|e?mail|login|auth|role|admin|perm|group|tenant|scope",
    re.I,
)


@check(REQUEST_IN_SESSION, asks=Project)
def request_in_session(project: Project) -> Iterator[Finding]:
    """Does the session say only what the server found out?"""
    for assign in project.nodes(ast.Assign):
        node = t.cast(ast.Assign, assign.node)

        for target in node.targets:
            if isinstance(target, ast.Subscript):
                if assign.at(target.value).type == _SESSION:
                    yield from _set(
                        project, assign.at(target), assign.at(target.slice), node.value
                    )

    for call in project.calls(f"{_SESSION}.update"):
        given = call.argument(0)
        flow = flows(project).first(given, "session") if given else None

        if flow is not None:
            yield ended(REQUEST_IN_SESSION, call, flow)

    yield from ends(project, REQUEST_IN_SESSION, "cookie-name")


def _set(
    project: Project, target: Site, key: Site, value: ast.expr
) -> Iterator[Finding]:
    # Whose key it is decides who may write over what.
    flow = None if key.literal else flows(project).first(key, "session")

    if flow is not None and not (flow.doubts or _kept(flow)):
        yield ended(REQUEST_IN_SESSION, target, flow, name="session")
        return

    constant = key.constant

    if constant is None or not _WHO.search(str(constant.value)):
        return

    if _proven(target) and not _MAY.search(str(constant.value)):
        return

    flow = flows(project).first(target.at(value), "identity")

    # What was looked up or tested on its way may well be true.
    if flow is not None and not (flow.doubts or _kept(flow)):
        most = Confidence.MEDIUM
        yield ended(REQUEST_IN_SESSION, target, flow, most, name="session")


def _kept(flow: Flow) -> bool:
    """Say whether the value was taken from where another function had put it."""
    return any(hop.kept for hop in flow.hops)


def _proven(target: Site) -> bool:
    """Say whether the function asks for a password before it says who somebody is."""
    function = target.function

    if function is None:
        return False

    tests = (n.test for n in walk(function) if isinstance(n, ast.If | ast.IfExp))
    return any(_PROVES.search(word) for test in tests for word in mentions(test))
