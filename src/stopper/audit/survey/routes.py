"""Which views the app has, and how each came to be one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .added import added
from .added import applied
from .added import resources
from .classview import verbs_of
from .index import FUNCTIONS
from .models import Models
from .route import family_of
from .route import holder_of
from .route import methods_of
from .route import Route as Route
from .route import rule_of
from .route import UNSAFE as UNSAFE
from .route import VERBS as VERBS
from .site import Site


def routes(at: Site, models: Models) -> Iterator[Route]:
    """Yield every route that one module declares."""
    index = at.module.index

    for function in index.functions():
        yield from _decorated(at.at(function), models)

    for node in index.nodes(ast.ClassDef):
        yield from _decorated_class(at.at(node), models)

    for call in index.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute):
            if call.func.attr == "add_url_rule":
                yield from added(at.at(call))
            elif call.func.attr in {"add_resource", "add_org_resource"}:
                yield from resources(at.at(call))
        elif _is_route(call.func):
            found = declares(at.at(call.func), models)

            if found is not None:
                yield from applied(at.at(call), at.at(call.func), found[0])


def _is_route(node: ast.expr) -> bool:
    """Say whether this is ``app.route("/x")``, which is called with a view."""
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr == "route"


def _decorated(view: Site, models: Models) -> Iterator[Route]:
    node = view.node
    assert isinstance(node, FUNCTIONS)  # noqa: S101  # by its caller
    decorators = tuple(view.at(d) for d in node.decorator_list)

    for position, decorator in enumerate(decorators):
        found = declares(decorator, models)

        if found is not None:
            rule, methods = found
            yield Route(
                rule,
                methods,
                view,
                family_of(decorator),
                decorator,
                decorators,
                position,
                holder_of(view),
            )


def declares(decorator: Site, models: Models) -> tuple[str, tuple[str, ...]] | None:
    """Return rule and methods if a decorator makes a route, else ``None``."""
    call = decorator.node

    if not isinstance(call, ast.Call):
        return None

    name = decorator.name or ""

    if name in models.named("expose"):
        return rule_of(decorator), methods_of(decorator.argument(-1, "methods"))

    if not isinstance(call.func, ast.Attribute):
        return None

    verb = call.func.attr

    if verb not in {"route", *VERBS}:
        return None

    receiver = decorator.at(call.func.value).type
    rule = rule_of(decorator)
    known = receiver is not None and _is_router(decorator, receiver, models)

    # On an object of unknown type, the shape of the rule decides.
    if not known and not (rule.startswith("/") or (verb == "route" and call.args)):
        return None

    if verb == "route":
        return rule, methods_of(decorator.argument(-1, "methods"))

    return rule, (verb.upper(),)


def _is_router(at: Site, name: str, models: Models) -> bool:
    routers = models.named("router")

    if name in routers:
        return True

    known = at.names.definition(name)

    if known is None or not isinstance(known[1], ast.ClassDef):
        return name.endswith((".Blueprint", ".Flask", ".APIBlueprint", ".Namespace"))

    return any(b in routers for b in at.names.bases(known[0], known[1]))


def _decorated_class(view: Site, models: Models) -> Iterator[Route]:
    """Yield the methods of ``@ns.route("/x") class X(Resource)``."""
    node = view.node
    assert isinstance(node, ast.ClassDef)  # noqa: S101  # by its caller

    for decorator in node.decorator_list:
        found = declares(view.at(decorator), models)

        if found is not None:
            family = family_of(view.at(decorator))
            yield from verbs_of(view, found[0], view.at(decorator), family)
