"""What every template of a project knows: filters, functions and values of its own."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator
from collections.abc import Sequence

from ..index import Function
from ..index import inner_scope
from ..index import scope_of
from ..module import Module
from ..nodes import walk


class Target(t.NamedTuple):
    """Something of the project's, by where it is imported from.

    :param attributes: Which part of it is meant: ``("fmt",)`` of ``utils.fmt``.
    """

    holder: str
    name: str
    attributes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """What every template of a project knows.

    :param values: What is put among the names of all templates; ``None`` for a value of
        which only that it is there is known.
    :param processors: The functions that say what templates are given, by the names
        that stand in them.
    """

    filters: dict[str, Target]
    values: dict[str, Target | None]
    processors: dict[str, list[Target]]


_FILTERS = frozenset({"template_filter", "app_template_filter", "add_template_filter"})
_GLOBALS = frozenset({"template_global", "app_template_global", "add_template_global"})
_PROCESSORS = frozenset({"context_processor", "app_context_processor"})


def known(modules: Sequence[Module]) -> Known:
    """Return what the project's code tells all templates."""
    found = Known({}, {}, {})

    for module in modules:
        if module.test:
            continue

        for function in module.index.functions():
            if function.decorator_list:
                _decorated(module, function, found)

        for call in module.index.nodes(ast.Call):
            if isinstance(call.func, ast.Attribute):
                _called(module, call, call.func, found)

        for assign in module.index.nodes(ast.Assign):
            for target in assign.targets:
                if isinstance(target, ast.Subscript):
                    _put(module, target, assign.value, found)

    return found


def _decorated(module: Module, node: Function, found: Known) -> None:
    for decorator in node.decorator_list:
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        kind = getattr(func, "attr", "")
        target = _of_function(module, node)

        if kind in _FILTERS:
            found.filters[_named(decorator) or node.name] = target
        elif kind in _GLOBALS:
            found.values[_named(decorator) or node.name] = target
        elif kind in _PROCESSORS:
            _processor(node, target, found)


def _named(decorator: ast.expr, position: int = 0) -> str:
    """Return which name a decorator or call gives, empty if that of the function."""
    if not isinstance(decorator, ast.Call):
        return ""

    given = [k.value for k in decorator.keywords if k.arg == "name"]
    given += decorator.args[position : position + 1]
    value = given[0] if given else None
    named = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return t.cast(str, value.value) if named else ""  # type: ignore[union-attr]


def _processor(node: Function, target: Target, found: Known) -> None:
    for name in sorted(_words(node)):
        found.processors.setdefault(name, []).append(target)


def _words(node: Function) -> set[str]:
    """Return what may be the keys of a dictionary that a function gives."""
    words: set[str] = set()

    for part in walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            words.add(part.value)
        elif isinstance(part, ast.keyword) and part.arg:
            words.add(part.arg)

    return {w for w in words if w.isidentifier()}


def _called(module: Module, call: ast.Call, func: ast.Attribute, found: Known) -> None:
    """Take in ``app.add_template_filter(f)`` and ``env.globals.update(x=f)``."""
    kind = func.attr

    if kind in _FILTERS | _GLOBALS and call.args:
        target = _target(module, call.args[0])
        name = _named(call, 1) or getattr(call.args[0], "id", "")

        # ``@app.template_filter("x")`` is a call too, of a text.
        if target is not None and name and kind in _FILTERS:
            found.filters[name] = target
        elif target is not None and name:
            found.values[name] = target
    elif kind in _PROCESSORS and call.args:
        for function in _functions(module, call.args[0]):
            _processor(function, _of_function(module, function), found)
    elif kind == "update" and _table(func.value):
        for name, value in _entries(call):
            _keep(module, _table(func.value), name, value, found)


def _functions(module: Module, node: ast.expr) -> Iterator[Function]:
    if isinstance(node, ast.Name):
        for function in module.index.functions():
            if function.name == node.id:
                yield function


def _entries(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    for k in call.keywords:
        if k.arg:
            yield k.arg, k.value

    for argument in call.args[:1]:
        if isinstance(argument, ast.Dict):
            for key, value in zip(argument.keys, argument.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value


def _put(module: Module, target: ast.Subscript, value: ast.expr, found: Known) -> None:
    """Take in ``app.jinja_env.filters["x"] = f``."""
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None

    if isinstance(key, str):
        _keep(module, _table(target.value), key, value, found)


def _table(node: ast.expr) -> str:
    """Say which table of an environment an expression is: its filters, its globals."""
    if not isinstance(node, ast.Attribute) or node.attr not in {"filters", "globals"}:
        return ""

    owner = getattr(node.value, "attr", getattr(node.value, "id", ""))
    return node.attr if "env" in owner.lower() or "jinja" in owner.lower() else ""


def _keep(module: Module, table: str, name: str, value: ast.expr, found: Known) -> None:
    target = _target(module, value)

    if table == "filters" and target is not None:
        found.filters[name] = target
    elif table == "globals":
        found.values[name] = target


def _target(module: Module, node: ast.expr) -> Target | None:
    """Return where what an expression names is imported from, if it names anything."""
    attributes: list[str] = []

    while isinstance(node, ast.Attribute):
        attributes.insert(0, node.attr)
        node = node.value

    if not isinstance(node, ast.Name):
        return None

    owner = scope_of(node).find(node.id)

    if owner is None:
        return None

    inside = owner[0].qualname
    holder = f"{module.name}.{inside}" if inside else module.name
    return Target(holder, node.id, tuple(attributes))


def _of_function(module: Module, node: Function) -> Target:
    scope = inner_scope(node)
    qualname = scope.qualname if scope else node.name
    holder, _, name = f"{module.name}.{qualname}".rpartition(".")
    return Target(holder, name)
