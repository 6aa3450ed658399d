"""Does a view lack the guard that those around it have?"""

from __future__ import annotations

import ast
import collections
import dataclasses
from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import UNGUARDED_SIBLING
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.guards import DECORATORS
from ...survey.guards import Guards
from ...survey.project import Project
from ...survey.routes import Route
from ...survey.routes import UNSAFE
from .families import asks
from .families import distinct
from .families import families
from .families import hooked
from .families import leads_on
from .families import public

#: A family of fewer views shows no habit that one of them could break.
SIBLINGS = 3

#: In an app of so many guarded views, those that change something are guarded.
HABIT = 6

#: How many guarded views of an app each forgotten one must stand against.
RARE = 8

#: So many may be forgotten together.
SEVERAL = 4

#: One forgotten view is a slip, and so are two among six; more are a decision.
SLIPS = 3


_ASK = "ask who is there"


@check(UNGUARDED_SIBLING, asks=Project)
def unguarded_sibling(project: Project) -> Iterator[Finding]:
    """Does one view of a family lack the guard that all its siblings have?"""
    told: set[ast.AST] = set()
    closed = hooked(project)

    for family, members in families(project.routes).items():
        if family in closed:
            continue

        views = [r for r in distinct(members) if not r.view.module.test]
        changing = [r for r in views if UNSAFE.intersection(r.methods)]

        # Who may read is often everyone: those that change something are asked apart.
        for odd in (*_odd(project, views, 1), *_odd(project, changing, SLIPS)):
            # What asks who is there was asked before, of everyone.
            if odd.guard == _ASK and "" in closed:
                continue

            if odd.route.view.node not in told:
                told.add(odd.route.view.node)
                yield _said(odd)

    if "" not in closed:
        yield from _strangers(project, closed, told)


def _strangers(
    project: Project, closed: frozenset[str], told: set[ast.AST]
) -> Iterator[Finding]:
    """Yield for each view that changes something in an app in which all are guarded."""
    views = [
        r
        for r in distinct(project.routes)
        if UNSAFE.intersection(r.methods)
        and r.family not in closed
        and not r.view.module.test
    ]

    for odd in _odd(project, views, RARE, HABIT):
        if odd.route.view.node not in told:
            yield _said(odd, Confidence.LOW)


@dataclasses.dataclass(frozen=True, slots=True)
class _Odd:
    """A view without a guard, and what those around it have.

    :param guard: Their guard in words.
    """

    route: Route
    rest: tuple[Route, ...]
    guard: str


def _odd(
    project: Project, views: list[Route], share: int, least: int = SIBLINGS
) -> list[_Odd]:
    """Return the views that lack what the others have, if they are few.

    :param share: How many guarded ones each must stand against, unless it is the only.
    """
    bare: list[Route] = []
    rest: list[Route] = []

    for route in views:
        if _is_guarded(project, route):
            rest.append(route)
        elif not (public(route) or asks(route) or leads_on(route)):
            bare.append(route)

    several = 1 < len(bare) <= SEVERAL and len(bare) * share <= len(rest)
    few = len(bare) == 1 or (share > 1 and several)

    if not bare or not few or len(rest) < (1 if _exposed(project, bare) else least):
        return []

    guard = _common(project, rest)

    # Who only reads is let in beside views that ask who changes something.
    reading = [r for r in rest if "GET" in r.methods]

    if guard == _ASK or not reading:
        bare = [r for r in bare if UNSAFE.intersection(r.methods)]

    return [_Odd(route, tuple(rest), guard) for route in bare]


def _exposed(project: Project, bare: list[Route]) -> bool:
    """Say whether views are those of a framework where each has its guard beside it."""
    return all((r.declared.name or "").startswith(_BESIDE) for r in bare)


#: Where a view is open unless ``@has_access`` or ``@protect()`` stands beside it.
_BESIDE = ("flask_appbuilder.",)


def _said(odd: _Odd, most: Confidence = Confidence.MEDIUM) -> Finding:
    route = odd.route
    sure = bool(UNSAFE.intersection(route.methods)) or bool(route.rule)
    return finding(
        UNGUARDED_SIBLING,
        route.place,
        route.name,
        confidence=min(most, Confidence.MEDIUM if sure else Confidence.LOW),
        steps=tuple(Step(r.place, f"{r.name} is guarded") for r in odd.rest[:3]),
        view=f"{route.name}()",
        count=len(odd.rest),
        guard=odd.guard,
    )


def _is_guarded(project: Project, route: Route) -> bool:
    if project.refusals.guarded(route.decorators) is not Guards.NO:
        return True

    return project.refusals.refuses(route.view)


def _common(project: Project, rest: list[Route]) -> str:
    """Return what most siblings are guarded by, in words."""
    written = collections.Counter(
        d.written
        for r in rest
        for d in r.decorators[:DECORATORS]
        if project.refusals.guards(d) is not Guards.NO
    )

    if not written:
        return _ASK

    name, count = written.most_common(1)[0]
    return f"have @{name}" if count * 2 >= len(rest) else "have one"
