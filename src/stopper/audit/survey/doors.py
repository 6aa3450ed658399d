"""Which views ask who is there before they answer."""

from __future__ import annotations

import ast
import dataclasses
import functools
from collections.abc import Iterator

from ..finding import Exposure
from .guards import Guards
from .index import Function
from .index import FUNCTIONS
from .project import Project
from .routes import Route
from .site import Site

#: Where a project keeps what is known of its doors.
_KEPT = "_doors"

#: What runs before the views of a blueprint, and before those of the whole app.
_BEFORE = frozenset({"before_request", "before_app_request"})

#: Methods by which a class refuses before one of its methods answers.
_ASKING = frozenset(
    {
        *("dispatch_request", "is_accessible", "prepare", "_check_access"),
        *("before_request", "check_permission", "check_permissions", "_process_args"),
    }
)

#: The bases of views that are known to ask nothing by themselves.
_PLAIN = ("MethodView", "View", "Resource", "object", "MethodViewType", "Generic")

#: Settings and calls that close the whole app from outside of its views.
_WHOLE = ("BASIC_AUTH_FORCE", "SECURITY_FORCE_LOGIN")


class Doors:
    """Knows of each view whether anyone can have it answer."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[Function, Exposure] = {}

    def exposure(self, view: Function) -> Exposure:
        """Return who can have a view answer: one open route is enough."""
        if view not in self._known:
            self._known[view] = self._asked(view)

        return self._known[view]

    def _asked(self, view: Function) -> Exposure:
        routes = self._routes.get(view, [])
        asking = [self._asks(route) for route in routes]

        if not routes:
            return Exposure.UNKNOWN

        if all(a is Exposure.LOGIN for a in asking):
            return Exposure.LOGIN

        # A part of an app may be put behind a login where it is used.
        whole = self._project.apps and not self._closed
        return (
            Exposure.ANYONE if whole and Exposure.ANYONE in asking else Exposure.UNKNOWN
        )

    def _asks(self, route: Route) -> Exposure:
        refusals = self._project.refusals
        marks = route.declared.name in self._project.models.named("expose")
        decorators = route.decorators if marks else route.inner

        if refusals.guarded(decorators) is not Guards.NO or refusals.refuses(
            route.view
        ):
            return Exposure.LOGIN

        if _family(route.declared) in self._hooked:
            return Exposure.LOGIN

        return Exposure.ANYONE if route.holder is None else self._of_class(route.holder)

    def _of_class(self, holder: Site) -> Exposure:
        """Return what a class says before one of its methods answers."""
        node = holder.node
        assert isinstance(node, ast.ClassDef)  # noqa: S101  # by Route

        for module, owner in holder.names.lineage(holder.module, node):
            for item in owner.body:
                if isinstance(item, FUNCTIONS) and item.name in _ASKING:
                    site = dataclasses.replace(holder, module=module, node=item)

                    if self._project.refusals.refuses(site):
                        return Exposure.LOGIN

        outside = [
            base
            for base in holder.names.bases(holder.module, node)
            if holder.names.definition(base) is None
        ]
        plain = all(base.rpartition(".")[2] in _PLAIN for base in outside)
        return Exposure.ANYONE if plain and self._written(holder) else Exposure.UNKNOWN

    def _written(self, holder: Site) -> bool:
        """Say whether every base of a class is known."""
        node = holder.node
        assert isinstance(node, ast.ClassDef)  # noqa: S101  # by Route

        for module, owner in holder.names.lineage(holder.module, node):
            home = dataclasses.replace(holder, module=module)

            if any(home.at(base).type is None for base in owner.bases):
                return False

        return True

    @functools.cached_property
    def _routes(self) -> dict[Function, list[Route]]:
        found: dict[Function, list[Route]] = {}

        for route in self._project.routes:
            node = route.view.node

            if isinstance(node, FUNCTIONS):
                found.setdefault(node, []).append(route)

        return found

    @functools.cached_property
    def _hooked(self) -> frozenset[str]:
        """The families whose ``before_request`` refuses."""
        return frozenset(f for f, hook in self._hooks() if hook == "before_request")

    @functools.cached_property
    def _closed(self) -> bool:
        """Whether something asks before any view: with exceptions that nobody knows."""
        if any(True for _ in self._project.settings(*_WHOLE)):
            return True

        owners = {f for f, hook in self._hooks() if hook == "before_app_request"}
        apps = {_owner(app) for app in self._project.apps}
        return bool(owners) or not apps.isdisjoint(self._hooked) or self._app_hooked

    @functools.cached_property
    def _app_hooked(self) -> bool:
        """Whether a hook that refuses stands on what everyone calls an app."""
        names = (f.rpartition(":")[2].rpartition(".")[2] for f in self._hooked)
        return any(
            name in {"app", "application", "server", "flask_app"} for name in names
        )

    def _hooks(self) -> Iterator[tuple[str, str]]:
        """Yield on what a hook that refuses stands, and which one it is."""
        project = self._project

        for site, node in project.functions():
            for decorator in node.decorator_list:
                func = decorator.func if isinstance(decorator, ast.Call) else decorator

                if isinstance(func, ast.Attribute) and func.attr in _BEFORE:
                    if self._refuses(site):
                        yield _family(site.at(func)), func.attr

        for call in project.called(*sorted(_BEFORE)):
            method = call.node.func if isinstance(call.node, ast.Call) else None
            given = call.argument(0, "f")
            known = call.names.definition(given.name) if given else None

            if isinstance(method, ast.Attribute) and known is not None:
                if self._refuses(
                    dataclasses.replace(call, module=known[0], node=known[1])
                ):
                    yield _family(call.at(method)), method.attr

    def _refuses(self, hook: Site) -> bool:
        """Say whether a hook refuses, also by a decorator of its own."""
        node = hook.node
        own = tuple(hook.at(d) for d in getattr(node, "decorator_list", ()))
        guarded = self._project.refusals.guarded(own) is not Guards.NO
        return guarded or self._project.refusals.refuses(hook)


def _family(declared: Site) -> str:
    """Return on what a route or a hook stands: where it was made, if that is known."""
    node = declared.node
    func = node.func if isinstance(node, ast.Call) else node
    base: ast.AST = func.value if isinstance(func, ast.Attribute) else func
    bound = declared.at(base).bound

    if bound is not None:
        return f"{bound[0].name}:{getattr(bound[1].at, 'id', '')}"

    return f"{declared.module.name}:{declared.module.source(base)}"


def _owner(app: Site) -> str:
    """Return the name that an app gets where it is made."""
    above = next(app.above(), None)
    target = getattr(above.node, "targets", [None])[0] if above is not None else None
    return f"{app.module.name}:{getattr(target, 'id', '')}"


def doors(project: Project) -> Doors:
    """Return the doors of a project; what was asked once is kept with it."""
    kept = vars(project)
    found = kept.get(_KEPT)

    if not isinstance(found, Doors):
        found = kept[_KEPT] = Doors(project)

    return found
