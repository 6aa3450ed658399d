"""Does a guard stand where it does nothing?"""

from __future__ import annotations

from collections.abc import Iterator

from ....catalogue.rule import Confidence
from ....controls.authorization.control import GUARD_ABOVE_ROUTE
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...finding import Step
from ...survey.guards import DECORATORS
from ...survey.guards import Guards
from ...survey.project import Project
from ...survey.site import Site


@check(GUARD_ABOVE_ROUTE, asks=Project)
def guard_above_route(project: Project) -> Iterator[Finding]:
    """Does a guard stand above the route decorator, where it does nothing?"""
    for route in project.routes:
        above = route.decorators[: max(route.position, 0)][-DECORATORS:]
        inner = {d.name for d in route.inner}

        for decorator in above:
            # @expose only marks the view: what is above it still runs.
            if _marks(project, route.declared) or decorator.name in inner:
                continue

            kind = project.refusals.guards(decorator)

            if kind is not Guards.NO:
                sure = kind is Guards.KNOWN
                yield finding(
                    GUARD_ABOVE_ROUTE,
                    decorator.place,
                    decorator.written,
                    confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
                    steps=(Step(route.declared.place, f"{route.name} is registered"),),
                    view=f"{route.name}()",
                )


def _marks(project: Project, declared: Site) -> bool:
    return declared.name in project.models.named("expose")
