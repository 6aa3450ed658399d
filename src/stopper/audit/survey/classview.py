"""Classes whose methods answer requests."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .guards import DECORATORS
from .index import Function
from .index import FUNCTIONS
from .route import family_of
from .route import methods_of
from .route import Route
from .route import VERBS
from .site import Site

#: Methods that answer whatever the verb is, for a class that is given as the view.
_ANY = ("dispatch_request",)
_HANDED = ("_process", *_ANY, "__call__", "process")


def class_views(
    named: Site,
    rule: str,
    declared: Site,
    around: tuple[Site, ...] = (),
    *,
    handed: bool = False,
) -> Iterator[Route]:
    """Yield the routes of the class that an expression names.

    :param around: Decorators that were called with the view.
    :param handed: Whether the class itself is the view, which some function of the
        app's own makes one of, and not what ``as_view`` gives.
    """
    found = named.names.definition(named.name)

    if found is not None and isinstance(found[1], ast.ClassDef):
        holder = declared.elsewhere(found[0], found[1])
        family = family_of(declared)
        yield from verbs_of(holder, rule, declared, family, around, handed=handed)


def verbs_of(
    holder: Site,
    rule: str,
    declared: Site,
    family: str,
    around: tuple[Site, ...] = (),
    *,
    handed: bool = False,
) -> Iterator[Route]:
    """Yield a route for each HTTP method that a class answers, inherited ones too."""
    node = holder.node
    assert isinstance(node, ast.ClassDef)  # noqa: S101  # by its caller
    common = tuple(holder.at(d) for d in node.decorator_list)
    listed = _listed(holder)

    for view in _answering(holder, node, handed=handed):
        item = view.node
        assert isinstance(item, FUNCTIONS)  # noqa: S101  # by its caller
        own = tuple(view.at(d) for d in item.decorator_list)
        yield Route(
            rule,
            _verbs(holder, node, item, declared),
            view,
            family,
            declared,
            (*around, *listed, *common, *own),
            -1,
            holder,
        )


def _answering(holder: Site, node: ast.ClassDef, *, handed: bool) -> list[Site]:
    """Return the methods that answer: each verb's nearest one, else the one for all.

    A base class may have the one for all only to hand over to the verbs.
    """
    verbs: dict[str, Site] = {}
    whole: dict[str, Site] = {}

    for module, owner in holder.names.lineage(holder.module, node):
        for item in owner.body:
            if isinstance(item, FUNCTIONS):
                site = holder.elsewhere(module, item)
                name = item.name

                if name in VERBS or (handed and _verb(item) in VERBS):
                    verbs.setdefault(name, site)
                elif name in (_HANDED if handed else _ANY):
                    whole.setdefault(name, site)

    if verbs or not whole:
        return list(verbs.values())

    return [next(whole[name] for name in _HANDED if name in whole)]


def _verb(item: Function) -> str:
    return item.name.removeprefix("_process_").lower()


def _verbs(
    holder: Site, node: ast.ClassDef, item: Function, declared: Site
) -> tuple[str, ...]:
    """Return the methods that one function of a class answers."""
    if _verb(item) in VERBS:
        return (_verb(item).upper(),)

    if isinstance(declared.node, ast.Call):
        named = declared.argument(-1, "methods")

        if named is not None:
            return methods_of(named)

    bound = holder.names.member(holder.module, node, "methods")

    if bound is None or not isinstance(bound[1].node, ast.expr):
        return ("GET",)

    return methods_of(holder.elsewhere(bound[0], bound[1].node))


def _listed(holder: Site) -> tuple[Site, ...]:
    """Return what a class-based view names in ``decorators`` or ``method_decorators``."""
    node = holder.node
    found: list[Site] = []

    if not isinstance(node, ast.ClassDef):
        return ()

    for name in ("decorators", "method_decorators"):
        bound = holder.names.member(holder.module, node, name)

        if bound and isinstance(bound[1].node, ast.List | ast.Tuple):
            listed = bound[1].node.elts[:DECORATORS]
            found += [holder.elsewhere(bound[0], e) for e in listed]

    return tuple(found)
