"""Views that ``add_url_rule`` declares, whatever they were wrapped in before."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .classview import class_views
from .guards import DECORATORS
from .index import FUNCTIONS
from .index import parent_of
from .route import family_of
from .route import methods_of
from .route import Route
from .route import text_of
from .site import Site

#: How many rows of a table of routes are read.
ROWS = 1_000


def added(call: Site) -> Iterator[Route]:
    """Yield from ``add_url_rule("/x", view_func=...)``, in a loop over a table too."""
    view = call.argument(2, "view_func")
    rule = call.argument(0, "rule")
    methods = call.argument(-1, "methods")

    if view is None:
        return

    rows = list(_rows(call))

    for row in rows or [{}]:
        given = [row.get(_id(site), site) if site else None for site in (rule, methods)]
        yield from _view(row.get(_id(view), view), text_of(given[0]), given[1], call)


def applied(call: Site, decorator: Site, rule: str) -> Iterator[Route]:
    """Yield from ``app.route("/x")(view)``."""
    view = call.argument(0)

    if view is not None:
        yield from _view(view, rule, decorator.argument(-1, "methods"), decorator)


def resources(call: Site) -> Iterator[Route]:
    """Yield from ``api.add_resource(Cls, "/x")``, and from a loop over such rows."""
    node = call.node
    assert isinstance(node, ast.Call)  # noqa: S101  # by its caller
    first = call.argument(0, "resource")
    rule = call.argument(1)

    if first is None:
        for row in _starred(call, node):
            yield from class_views(row[0], text_of(row[1]), call)

        return

    for named in list(_rows(call)) or [{}]:
        given = named.get(_id(rule), rule)
        yield from class_views(named.get(_id(first), first), text_of(given), call)


def _starred(call: Site, node: ast.Call) -> Iterator[tuple[Site, Site]]:
    """Yield the first two of each row in ``for row in TABLE: add_resource(*row)``."""
    star = node.args[0] if node.args else None
    name = star.value if isinstance(star, ast.Starred) else None

    if isinstance(name, ast.Name):
        for row in _rows(call):
            whole = row.get(name.id)
            parts = getattr(whole.node, "elts", []) if whole else []

            if whole is not None and len(parts) > 1:
                yield whole.at(parts[0]), whole.at(parts[1])


def _id(site: Site | None) -> str:
    node = site.node if site else None
    return node.id if isinstance(node, ast.Name) else ""


def _rows(call: Site) -> Iterator[dict[str, Site]]:
    """Yield what the names of the nearest loop are in each row of a literal table."""
    above = parent_of(call.node)

    while above is not None and not isinstance(above, (ast.For, *FUNCTIONS)):
        above = parent_of(above)

    if not isinstance(above, ast.For):
        return

    table = call.at(above.iter)
    bound = table.bound

    if bound is not None and isinstance(bound[1].node, ast.expr):
        table = table.elsewhere(bound[0], bound[1].node)

    if not isinstance(table.node, ast.List | ast.Tuple):
        return

    target = above.target
    names = target.elts if isinstance(target, ast.Tuple) else [target]

    for row in table.node.elts[:ROWS]:
        apart = isinstance(target, ast.Tuple) and isinstance(row, ast.Tuple | ast.List)
        values = row.elts if apart else [row]  # type: ignore[attr-defined]  # by apart

        if len(values) == len(names):
            pairs = zip(names, values, strict=True)
            yield {n.id: table.at(v) for n, v in pairs if isinstance(n, ast.Name)}


def _view(
    argument: Site, rule: str, methods: Site | None, call: Site
) -> Iterator[Route]:
    view, around = _unwrapped(argument)
    bound = view.bound

    # ``view = X.as_view("x")`` first.
    if bound is not None and isinstance(bound[1].node, ast.Call):
        view, more = _unwrapped(view.elsewhere(bound[0], bound[1].node))
        around += more

    node = view.node

    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
            yield from class_views(view.at(node.func.value), rule, call, around)

        return

    found = view.names.definition(view.name)

    if found is None:
        return

    if isinstance(found[1], ast.ClassDef):
        yield from class_views(view, rule, call, around, handed=True)
    elif isinstance(found[1], FUNCTIONS):
        site = call.elsewhere(found[0], found[1])
        own = tuple(site.at(d) for d in found[1].decorator_list)
        yield Route(
            rule, methods_of(methods), site, family_of(call), call, (*around, *own)
        )


def _unwrapped(site: Site) -> tuple[Site, tuple[Site, ...]]:
    """Return the view inside ``login_required(view)``, and what it was wrapped in."""
    around: list[Site] = []

    while len(around) < DECORATORS:
        node = site.node

        if not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
            break

        if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
            break

        around.append(site.at(node.func))
        site = site.at(node.args[0])

    return site, tuple(around)
