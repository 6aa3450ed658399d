"""Does a decorator that looks like a guard guard anything?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ....controls.authorization.control import IDLE_GUARD
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.index import Function
from ...survey.index import FUNCTIONS
from ...survey.project import Project
from ...survey.site import Site
from .parts import own

#: What nothing is called but a guard.
_NAME = re.compile(
    r"(?:log_?in|auth(?:entication|orization)?|admin|token|api_?key|role|permission)s?"
    r"_(?:is_)?(?:required|needed|only)|requires?_(?:log_?in|auth|admin|token|api_?key"
    r"|role|permission)s?",
    re.I,
)

#: What is called and keeps nobody out.
_HARMLESS = re.compile(
    r"(?:^|\.)(?:debug|info|warning|warn|error|exception|critical|log|print|flash|get|str"
    r"|format|time|now|wraps)$"
)


@check(IDLE_GUARD, asks=Project)
def idle_guard(project: Project) -> Iterator[Finding]:
    """Does a guard give the view back as it was, or call it whatever it finds?"""
    for site, node in project.functions():
        if site.module.test:
            continue

        for wrapper in (n for n in node.body if isinstance(n, FUNCTIONS)):
            given = {a.arg for a in node.args.args} - {"self"}

            if _left(project, site, node, wrapper, given) or _calls_anyway(
                site, node, wrapper, given
            ):
                yield finding(IDLE_GUARD, site.place, node.name)
                break


def _left(
    project: Project, site: Site, node: Function, wrapper: Function, given: set[str]
) -> bool:
    """Say whether a wrapper that refuses is made, and the bare view given back."""
    nodes = list(own(node))
    used = any(isinstance(n, ast.Name) and n.id == wrapper.name for n in nodes)
    back = [n.value for n in nodes if isinstance(n, ast.Return)]
    bare = bool(back) and all(isinstance(v, ast.Name) and v.id in given for v in back)
    return bare and not used and project.refusals.refuses(site.at(wrapper))


def _calls_anyway(
    site: Site, node: Function, wrapper: Function, given: set[str]
) -> bool:
    """Say whether a wrapper of a guard's name only looks, and calls the view always."""
    if not _NAME.fullmatch(node.name):
        return False

    nodes = list(own(wrapper))
    back = [n.value for n in nodes if isinstance(n, ast.Return)]

    if not back or any(isinstance(n, ast.Raise | ast.With) for n in nodes):
        return False

    calls = [n for n in nodes if isinstance(n, ast.Call)]
    others = [c for c in calls if not _view(c, given)]
    return all(isinstance(v, ast.Call) and _view(v, given) for v in back) and all(
        _HARMLESS.search(site.module.source(c.func)) for c in others
    )


def _view(call: ast.Call, given: set[str]) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in given
