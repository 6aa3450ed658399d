"""Which parts of a text are a stranger's, and which are escaped."""

from __future__ import annotations

import ast
import typing as t

from ...survey.nodes import walk
from ...survey.site import Site
from ...survey.values import Built

#: What escapes or cleans a value, or prints what is escaped.
CLEAN = frozenset(
    (
        *("markupsafe.escape", "html.escape", "nh3.clean"),
        *("bleach.clean", "bleach.linkify", "flask.render_template", "flask.url_for"),
        *("flask.render_template_string",),
        *("builtins.int", "builtins.float", "builtins.len", "builtins.bool"),
        *("markupsafe.Markup", "urllib.parse.quote", "urllib.parse.quote_plus"),
        *("urllib.parse.urlencode", "builtins.hash", "builtins.id"),
        *("flask_babel.gettext", "flask_babel.lazy_gettext", "gettext.gettext"),
    )
)


def open_parts(site: Site) -> list[Site]:
    """Return the parts of a text that are neither constant nor escaped."""
    value = site.value

    if not isinstance(value, Built):
        return []

    parts = [site.at(p) for p in value.parts if isinstance(p, ast.expr)]
    return [p for p in parts if not p.literal and not clean(p)]


def clean(site: Site) -> bool:
    """Whether this is what a function that escapes gave, by a name or directly."""
    if isinstance(site.node, ast.Name) and site.bound is not None:
        node = site.bound[1].node
        return isinstance(node, ast.Call) and clean(site.at(node))

    if not isinstance(site.node, ast.Call):
        return False

    # ``escape(x).split()``: a method of what is escaped gives what is escaped.
    if site.name in CLEAN or (site.name or "").startswith("markupsafe.escape()."):
        return True

    return _joinsclean(site)


def _joinsclean(site: Site) -> bool:
    """Whether this joins, with a constant, parts that are each escaped."""
    call = t.cast(ast.Call, site.node)

    if not isinstance(call.func, ast.Attribute) or call.func.attr != "join":
        return False

    if len(call.args) != 1 or not site.at(call.func.value).literal:
        return False

    items = call.args[0]

    if isinstance(items, ast.ListComp | ast.GeneratorExp):
        return clean(site.at(items.elt))

    if isinstance(items, ast.List | ast.Tuple):
        return all(site.at(e).literal or clean(site.at(e)) for e in items.elts)

    return clean(site.at(items))


def asks(site: Site) -> bool:
    """Whether a part of a text stands there as the client sent it."""
    parameters: set[str] = set()

    if site.function is not None:
        args = site.function.args
        all_ = (*args.posonlyargs, *args.args, *args.kwonlyargs)
        parameters = {a.arg for a in all_} - {"self", "cls"}

    for node in walk(site.node):
        if isinstance(node, ast.Name) and node.id in parameters:
            return True

        if isinstance(node, ast.Attribute | ast.Name):
            name = site.names.name_of(site.module, node) or ""

            if name == "flask.request" or name.startswith("flask.request."):
                return True

    return False
