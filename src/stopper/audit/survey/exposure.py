"""Who can bring a value to where it does harm: anyone, or who is logged in."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterable
from collections.abc import Iterator

from ..finding import Exposure
from ..finding import Finding
from ..finding import Place
from .doors import doors
from .flow.flows import flows
from .index import Function
from .index import FUNCTIONS
from .module import function_of
from .module import Module
from .project import Project

#: Through how many calls, and how many functions, a view is looked for.
DEPTH = 8
MOST = 200


def exposed(piece: object, found: Finding) -> Finding:
    """Return a finding with who can bring it about, where a request does."""
    if not isinstance(piece, Project):
        return found

    ways = [way for way in (found.steps, *found.others) if way and way[0].entry]

    if not ways:
        return found

    seen = {_of_way(piece, [step.place for step in way]) for way in ways}
    return dataclasses.replace(found, exposure=worst(seen))


def worst(seen: Iterable[Exposure]) -> Exposure:
    """Return what several ways come to: one that is open to anyone is enough."""
    known = set(seen)

    for exposure in (Exposure.ANYONE, Exposure.UNKNOWN, Exposure.LOGIN):
        if exposure in known:
            return exposure

    return Exposure.UNKNOWN


def _of_way(project: Project, places: list[Place]) -> Exposure:
    functions = [f for place in places for f in _at(project, place)]

    if not functions:
        return Exposure.UNKNOWN

    # The one that reads the request is told first.
    first = list(_at(project, places[0]))
    views = [f for f in first if f in project.views] or _views(project, first)
    passed = [view for view in views if view in functions]
    found = worst(doors(project).exposure(view) for view in passed or views)
    helped = first[:1] != views[:1] and _asks(project, places[0], first)
    return Exposure.UNKNOWN if helped and found is Exposure.ANYONE else found


def _asks(project: Project, place: Place, functions: list[Function]) -> bool:
    """Say whether a function that views call may ask who is there."""
    module = _module(project, place.path)
    return module is not None and any(
        doors(project).asks(project.site(module, f)) for f in functions
    )


def _views(project: Project, functions: list[Function]) -> list[Function]:
    """Return the nearest views that call these functions."""
    known = flows(project)
    seen = set(functions)
    level, found = functions, []

    for _ in range(DEPTH):
        above = {c for f in level for c in known.callers(f)} - seen
        seen |= above
        found += [f for f in above if f in project.views]
        level = [f for f in above if f not in project.views]

        if len(seen) > MOST:
            return []

    return found


def _at(project: Project, place: Place) -> Iterator[Function]:
    """Yield the functions around a place, the innermost first."""
    module = _module(project, place.path)

    if module is None:
        return

    holding = [
        f
        for f in module.index.functions()
        if f.lineno <= place.line <= (f.end_lineno or f.lineno)
    ]
    inner: ast.AST | None = max(holding, key=lambda f: f.lineno, default=None)

    while isinstance(inner, FUNCTIONS):
        yield inner
        inner = function_of(inner)


def _module(project: Project, path: str) -> Module | None:
    return next((m for m in project.modules if m.path == path), None)
