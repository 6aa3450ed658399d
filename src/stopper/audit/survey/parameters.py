"""Which parameters of a view hold text of the URL."""

from __future__ import annotations

import ast
import re
import weakref
from collections.abc import Mapping

from .index import Function
from .project import Project
from .routes import Route

_PARAMETER = re.compile(r"<(?:(?P<type>[A-Za-z_]\w*)(?:\([^>]*\))?:)?(?P<name>\w+)>")

#: Converters that let nothing through that could do harm.
STRICT = frozenset({"int", "float", "uuid", "any"})

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
    every = (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg)
    return next((p for p in every if p and p.arg == name), function)


_KNOWN: weakref.WeakKeyDictionary[Project, Mapping[ast.AST, dict[str, bool]]] = (
    weakref.WeakKeyDictionary()
)


def open_parameters(project: Project) -> Mapping[ast.AST, dict[str, bool]]:
    """Map each view to its open parameters, and to whether each is one segment."""
    known = _KNOWN.get(project)

    if known is None:
        made: dict[ast.AST, dict[str, bool]] = {}

        for route in project.routes:
            made.setdefault(route.view.node, {}).update(_of_route(route))

        known = _KNOWN[project] = made

    return known


def _of_route(route: Route) -> dict[str, bool]:
    found: dict[str, bool] = {}
    rules = [route.rule] if route.rule else []
    declared = route.declared.node

    # A resource is added under several rules at once.
    if isinstance(declared, ast.Call):
        for argument in declared.args:
            constant = route.declared.at(argument).constant

            if constant is not None and isinstance(constant.value, str):
                rules.append(constant.value)

    for rule in rules:
        for match in _PARAMETER.finditer(rule):
            if match["type"] not in STRICT:
                segment = match["type"] != "path"
                found[match["name"]] = segment and found.get(match["name"], True)

    return found


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
                for match in _PARAMETER.finditer(text):
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
