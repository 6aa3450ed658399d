"""Which parameters of a view hold text of the URL."""

from __future__ import annotations

import ast
import typing as t
import weakref
from collections.abc import Mapping

from .flow.call import is_method
from .index import Function
from .project import Project
from .routes import Route
from .site import Site
from .urlrules import named_in
from .urlrules import PARAMETER
from .urlrules import Rules
from .urlrules import seen
from .urlrules import STRICT

_TYPES: weakref.WeakKeyDictionary[Project, Mapping[str, frozenset[str]]] = (
    weakref.WeakKeyDictionary()
)


def is_parameter(function: Function, name: str) -> bool:
    """Say whether the function has a parameter of this name."""
    return argument_of(function, name) is not function


def typed(function: Function) -> bool:
    """Say whether the function is a command of the app's own command line.

    Who types its arguments has a shell already.
    """
    for decorator in function.decorator_list:
        node = decorator.func if isinstance(decorator, ast.Call) else decorator

        if getattr(node, "attr", "") in {"command", "argument", "option"}:
            return True

    return False


def argument_of(function: Function, name: str) -> ast.AST:
    """Return the parameter of this name, the function itself if it has none."""
    a = function.args
    every = (*every_argument(function), a.vararg, a.kwarg)
    return next((p for p in every if p and p.arg == name), function)


def every_argument(function: Function) -> list[ast.arg]:
    """Return the parameters that a function names, in order."""
    a = function.args
    return [*a.posonlyargs, *a.args, *a.kwonlyargs]


_KNOWN: weakref.WeakKeyDictionary[Project, Mapping[ast.AST, dict[str, bool]]] = (
    weakref.WeakKeyDictionary()
)


def open_parameters(project: Project) -> Mapping[ast.AST, dict[str, bool]]:
    """Map each view to its open parameters, and to whether each is one segment."""
    known = _KNOWN.get(project)

    if known is None:
        made: dict[ast.AST, dict[str, bool]] = {}
        rules = Rules(project)

        for route in project.routes:
            made.setdefault(route.view.node, {}).update(_of_route(route, rules))

        for site, function in project.functions():
            if function not in made:
                told = _told(site, function, rules)

                if told:
                    made[function] = told

        known = _KNOWN[project] = made

    return known


def _told(site: Site, function: Function, rules: Rules) -> dict[str, bool]:
    """Return what a decorator of nobody's router names: ``@api("/notes/<name>")``."""
    found: dict[str, bool] = {}

    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and decorator.args:
            rule = seen(site.at(decorator.args[0])) or ""

            if rule.startswith("/"):
                named = rules.open(rule)
                found |= {n: s for n, s in named.items() if is_parameter(function, n)}

    return found


def _of_route(route: Route, rules: Rules) -> dict[str, bool]:
    declared, function = route.declared, t.cast(Function, route.view.node)

    if not isinstance(declared.node, ast.Call):
        return rules.open(route.rule)

    # Of a resource the class comes first.
    place = int(getattr(declared.node.func, "attr", "").endswith("_resource"))
    named = declared.argument(place, "rule")
    # A resource is added under several rules at once.
    told = [seen(declared.at(argument)) for argument in declared.node.args]
    every = [route.rule, *(text for text in told if text)]

    if not route.rule and named is not None:
        every.append(seen(named) or "")

        if seen(named) is None:
            # Of a rule that is not to be seen, any parameter may be one of its own.
            first = 1 if is_method(function) else 0
            return {a.arg: True for a in every_argument(function)[first:]}

    names = {name for text in every for name in named_in(text)}
    prefixed = {
        name: segment
        for name, segment in rules.prefixes.items()
        if name not in names and is_parameter(function, name)
    }
    return prefixed | rules.open(*every)


def url_types(project: Project) -> Mapping[str, frozenset[str]]:
    """Map each parameter that a text of the project names to its converters' names.

    All texts count, since rules are put together in loops: ``"<path:name>"``. The default
    converter's name is empty.
    """
    known = _TYPES.get(project)

    if known is None:
        made: dict[str, set[str]] = {}

        for site in project.nodes(ast.Constant):
            text = getattr(site.node, "value", None)

            if isinstance(text, str) and "<" in text:
                for match in PARAMETER.finditer(text):
                    made.setdefault(match["name"], set()).add(match["type"] or "")

        known = _TYPES[project] = {n: frozenset(types) for n, types in made.items()}

    return known


def url_segment(project: Project, name: str) -> bool | None:
    """Say whether what the URL gives by this name is one segment, without a slash.

    :param name: Empty where it is not known.
    :return: ``None`` if it can do no harm.
    """
    types = url_types(project)
    found = types.get(name, frozenset().union(*types.values()))

    if name in types and found <= STRICT:
        return None

    return "path" not in found
