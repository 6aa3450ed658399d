"""Are the handlers of a socket guarded as the views are?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ....controls.authorization.control import UNGUARDED_SOCKET
from ...check import check
from ...finding import Finding
from ...finding import finding
from ...survey.guards import Guards
from ...survey.index import Function
from ...survey.project import Project
from ...survey.site import Site
from .families import distinct
from .families import looks_at_who_asks

#: How many views an app guards before its socket stands out.
VIEWS = 3

#: What runs for whoever connects, and does nothing by itself.
_ALWAYS = frozenset({"disconnect", "ping", "pong", "error"})


@check(UNGUARDED_SOCKET, asks=Project)
def unguarded_socket(project: Project) -> Iterator[Finding]:
    """Does an app that guards its views let anyone send to its socket?"""
    handlers = [h for h in _handlers(project) if not h[0].module.test]

    if not handlers or any(_asks(project, site) for site, _, _ in handlers):
        return

    guarded = [
        route
        for route in distinct(project.routes)
        if project.refusals.guarded(route.decorators) is not Guards.NO
        or project.refusals.refuses(route.view)
    ]

    if len(guarded) < VIEWS:
        return

    for site, node, event in handlers:
        if event not in _ALWAYS | {"connect"}:
            yield finding(
                UNGUARDED_SOCKET,
                site.place,
                node.name,
                view=f"{node.name}()",
                count=len(guarded),
            )


def _handlers(project: Project) -> Iterator[tuple[Site, Function, str]]:
    """Yield every handler of a Socket.IO event, with the event's name."""
    for site, node in project.functions():
        for decorator in node.decorator_list:
            called = site.at(decorator)

            if called.name in {
                "flask_socketio.SocketIO.on",
                "flask_socketio.SocketIO.event",
            }:
                first = called.argument(0) if isinstance(decorator, ast.Call) else None
                constant = first.constant if first else None
                yield site, node, str(constant.value) if constant else node.name


def _asks(project: Project, site: Site) -> bool:
    """Say whether a handler looks at who is there, itself or by a guard above it."""
    node = site.node
    above = tuple(site.at(d) for d in getattr(node, "decorator_list", []))
    guarded = project.refusals.guarded(above) is not Guards.NO
    own = looks_at_who_asks(site.module.segment(node))
    return guarded or own or project.refusals.refuses(site)
