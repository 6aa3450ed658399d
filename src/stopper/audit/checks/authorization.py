"""Is what is not allowed refused?"""

from __future__ import annotations

import ast
import collections
import re
from collections.abc import Iterable
from collections.abc import Iterator

from ...catalogue.rule import Confidence
from ...controls.authorization.control import GUARD_ABOVE_ROUTE
from ...controls.authorization.control import UNGUARDED_SIBLING
from ..check import check
from ..finding import Finding
from ..finding import finding
from ..finding import Step
from ..survey.guards import DECORATORS
from ..survey.guards import Guards
from ..survey.project import Project
from ..survey.routes import Route
from ..survey.routes import UNSAFE
from ..survey.site import Site

#: A family of fewer views shows no habit that one of them could break.
SIBLINGS = 3

#: What an app serves to everyone on purpose, by what everyone calls it.
_PUBLIC = re.compile(
    r"log_?(in|out)|sign_?(in|up|out)|regist|forgot|reset|recover|verif|confirm|activat"
    r"|callback|oauth|oidc|saml|sso|authori[sz]e|token|refresh|health|ping|status|ready|alive|metrics|version"
    r"|index|home|root|landing|about|terms|privacy|contact|help|faq|docs?|swagger|openapi|spec"
    r"|static|favicon|robots|sitemap|manifest|asset|webhook|hook|error|handle|not_found"
    r"|create_?(user|account)|public|share|embed|feed|rss|setup|install|welcome|csrf|cors|options|captcha|locale|lang",
    re.I,
)


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


@check(UNGUARDED_SIBLING, asks=Project)
def unguarded_sibling(project: Project) -> Iterator[Finding]:
    """Does one view of a family lack the guard that all its siblings have?"""
    hooked = _hooked(project)

    for family, members in _families(project.routes).items():
        if family in hooked:
            continue

        views = _distinct(members)
        changing = [r for r in views if UNSAFE.intersection(r.methods)]

        # Who may read is often everyone: those that change something are asked apart.
        yield from _odd(project, views) or _odd(project, changing)


def _odd(project: Project, views: list[Route]) -> list[Finding]:
    """Return the finding of the one view that lacks what all others have, if one does."""
    bare: list[Route] = []
    rest: list[Route] = []

    for route in views:
        (rest if _is_guarded(project, route) else bare).append(route)

    if len(bare) != 1 or len(rest) < SIBLINGS or _public(bare[0]):
        return []

    guard = _common(project, rest)

    if guard is None:
        return []

    route = bare[0]
    sure = bool(UNSAFE.intersection(route.methods)) or bool(route.rule)
    return [
        finding(
            UNGUARDED_SIBLING,
            route.place,
            route.name,
            confidence=Confidence.MEDIUM if sure else Confidence.LOW,
            steps=tuple(Step(r.place, f"{r.name} is guarded") for r in rest[:3]),
            view=f"{route.name}()",
            count=len(rest),
            guard=guard,
        )
    ]


def _families(routes: Iterable[Route]) -> dict[str, list[Route]]:
    """Return routes by what they share.

    A class's methods are a family of their own, and so are those of all the classes of
    one module: a resource is often a class with a single method.
    """
    found: dict[str, list[Route]] = {}

    for route in routes:
        family = route.family

        if route.holder is not None:
            owner = getattr(route.holder.node, "name", "")
            module = route.holder.module.name
            family = f"{module}:{owner}"
            found.setdefault(f"{module}:", []).append(route)

        found.setdefault(family, []).append(route)

    return found


def _distinct(members: list[Route]) -> list[Route]:
    """Return one route a view: several URLs may lead to one."""
    return list({route.view.node: route for route in members}.values())


def _is_guarded(project: Project, route: Route) -> bool:
    if project.refusals.guarded(route.decorators) is not Guards.NO:
        return True

    return project.refusals.refuses(route.view)


def _public(route: Route) -> bool:
    return bool(_PUBLIC.search(route.name) or _PUBLIC.search(route.rule)) or (
        route.rule == "/"
    )


def _common(project: Project, rest: list[Route]) -> str | None:
    """Return the guard that most siblings have, as written, if it is a decorator."""
    written = [
        d.written
        for r in rest
        for d in r.decorators[:DECORATORS]
        if project.refusals.guards(d) is not Guards.NO
    ]

    if len(written) < len(rest):
        return None

    return collections.Counter(written).most_common(1)[0][0]


def _hooked(project: Project) -> frozenset[str]:
    """Return the families that a ``before_request`` function guards as a whole."""
    found: set[str] = set()

    for site, node in project.functions():
        for decorator in node.decorator_list:
            func = decorator.func if isinstance(decorator, ast.Call) else decorator

            if isinstance(func, ast.Attribute) and func.attr in {
                "before_request",
                "before_app_request",
            }:
                if project.refusals.refuses(site):
                    owner = site.module.source(func.value)
                    found.add(f"{site.module.name}:{owner}")

    return frozenset(found)
