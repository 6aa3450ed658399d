"""Does a view ask for less than those around it?"""

from __future__ import annotations

from collections.abc import Iterator

from ....controls.authorization.control import WEAKER_SIBLING
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.guards import DECORATORS
from ...survey.guards import Guards
from ...survey.project import Project
from ...survey.routes import Route
from ...survey.routes import UNSAFE
from .families import distinct
from .families import families
from .families import looks_at_who_asks
from .families import public

#: In a smaller family one view with fewer guards is no exception.
SIBLINGS = 3


@check(WEAKER_SIBLING, asks=Project)
def weaker_sibling(project: Project) -> Iterator[Finding]:
    """Does one view that changes something have fewer guards than all its siblings?"""
    told: set[Route] = set()

    for members in families(project.routes).values():
        views = [
            (route, _guards(project, route))
            for route in distinct(members)
            if UNSAFE.intersection(route.methods) and not route.view.module.test
        ]

        for route, own in views:
            rest = [(r, guards) for r, guards in views if r is not route]

            if route in told or len(rest) < SIBLINGS or not own or _known(route):
                continue

            common = frozenset.intersection(*(guards for _, guards in rest))

            if own < common:
                told.add(route)
                yield finding(
                    WEAKER_SIBLING,
                    route.place,
                    route.name,
                    steps=tuple(
                        Step(r.place, f"{r.name} has more") for r, _ in rest[:3]
                    ),
                    view=f"{route.name}()",
                    own=_said(own),
                    more=_said(common - own),
                    count=len(rest),
                )


def _guards(project: Project, route: Route) -> frozenset[str]:
    return frozenset(
        d.written
        for d in route.decorators[:DECORATORS]
        if project.refusals.guards(d) is not Guards.NO
    )


def _known(route: Route) -> bool:
    """Say whether a view is meant for more people, or asks by itself."""
    view = route.view
    return public(route) or looks_at_who_asks(view.module.segment(view.node))


def _said(guards: frozenset[str]) -> str:
    return " and ".join(f"@{name}" for name in sorted(guards))
