"""Who may open what an admin extension serves?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import OPEN_ADMIN
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.guards import Guards
from ...survey.index import FUNCTIONS
from ...survey.project import Project
from ...survey.site import Site
from .families import hooked

#: What decides who may open a view of Flask-Admin.
_DECIDES = ("is_accessible", "_handle_view", "is_visible_and_accessible")

_LIBRARY = "flask_admin."


@check(OPEN_ADMIN, asks=Project)
def open_admin(project: Project) -> Iterator[Finding]:
    """Is a view of Flask-Admin added that asks nobody who he is?"""
    closed: frozenset[str] | None = None

    for call in project.called("add_view", "add_views"):
        for given in _views(call):
            found = _open(project, given)

            if found is None or call.module.test:
                continue

            closed = hooked(project) if closed is None else closed

            if "" not in closed:
                where, confidence = found
                steps = (Step(where.place, f"{where.written} has no is_accessible"),)
                yield finding(
                    OPEN_ADMIN,
                    given.place,
                    given.written,
                    confidence=confidence,
                    steps=() if where == given else steps,
                )


def _views(call: Site) -> Iterator[Site]:
    """Yield the views that a call adds, made there or just before."""
    for argument in call.args:
        site = call.at(argument)
        bound = site.bound
        node = bound[1].node if bound else argument

        if isinstance(node, ast.Call):
            home = bound[0] if bound else call.module
            yield Site(home, node, call.names, call.values)


def _open(project: Project, made: Site) -> tuple[Site, Confidence] | None:
    """Return what has no check of who asks, and how sure that is."""
    name = made.name or ""

    if name.startswith(_LIBRARY):
        return made, Confidence.HIGH

    known = project.names.definition(name)

    if known is None or not isinstance(known[1], ast.ClassDef):
        return None

    home = project.site(known[0], known[1])
    lineage = project.names.lineage(known[0], known[1])
    bases = project.names.bases(known[0], known[1])

    if not any(base.startswith(_LIBRARY) for base in bases):
        return None

    # A base that is not here to be read may have it.
    inner = {f"{m.name}.{n.name}" for m, n in lineage}
    foreign = [b for b in bases if not b.startswith(_LIBRARY) and b not in inner]

    if any(_decides(project, Site(m, n, home.names, home.values)) for m, n in lineage):
        return None

    unknown = [b for b in foreign if project.names.definition(b) is None]
    return None if unknown else (home, Confidence.MEDIUM)


def _decides(project: Project, owner: Site) -> bool:
    """Say whether a class asks who is there, for all of it or at one of its views."""
    body = getattr(owner.node, "body", [])

    for item in body:
        if isinstance(item, FUNCTIONS):
            above = tuple(owner.at(d) for d in item.decorator_list)
            guarded = project.refusals.guarded(above) is not Guards.NO

            if item.name in _DECIDES or guarded:
                return True

            if project.refusals.refuses(owner.at(item)):
                return True

        if isinstance(item, ast.Assign) and _named(item.targets[0]) in _DECIDES:
            return True

    return False


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
