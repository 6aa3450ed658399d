"""A place in the source that a check can ask about."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator

from ..finding import Place
from .index import Function
from .index import parent_of
from .module import function_of
from .module import Module
from .names import Names
from .scope import Binding
from .values import Constant
from .values import Value
from .values import Values


class Site(t.NamedTuple):
    """One node of one module, with what the project knows of it.

    A tuple, for they are made by the million.
    """

    module: Module
    node: ast.AST
    names: Names
    values: Values

    def at(self, node: ast.AST) -> Site:
        """Return the site of another node of the same module."""
        return Site(self.module, node, self.names, self.values)

    def elsewhere(self, module: Module, node: ast.AST) -> Site:
        """Return the site of a node of another module."""
        return Site(module, node, self.names, self.values)

    @property
    def name(self) -> str | None:
        """The public dotted name; of a call, that of the function called."""
        node = self.node.func if isinstance(self.node, ast.Call) else self.node
        return self.names.name_of(self.module, node)

    @property
    def type(self) -> str | None:
        """The name of what the expression gives; of an instance, its class's."""
        return self.names.name_of(self.module, self.node)

    @property
    def value(self) -> Value | None:
        """The value, as far as the source alone says."""
        return self.values.value(self.module, self.node)

    @property
    def constant(self) -> Constant | None:
        """The value, where it is the same whenever the app runs."""
        value = self.value
        return value if isinstance(value, Constant) else None

    @property
    def literal(self) -> bool:
        """Whether the value is the same whenever the app runs."""
        return self.constant is not None

    @property
    def place(self) -> Place:
        """Where it stands; a method call stands where its name does."""
        place = self.module.place(self.node)

        if isinstance(self.node, ast.Call) and isinstance(
            self.node.func, ast.Attribute
        ):
            line = self.node.func.end_lineno or place.line

            if line != place.line:
                return dataclasses.replace(place, line=line, column=0)

        return place

    @property
    def source(self) -> str:
        """The source text, on one line."""
        return self.module.source(self.node)

    @property
    def written(self) -> str:
        """The callee, or the name, as it stands on the line of :attr:`place`."""
        node = self.node.func if isinstance(self.node, ast.Call) else self.node

        if isinstance(node, ast.Attribute):
            text = self.module.segment(node)
            simple = text.replace(".", "").replace("_", "").isalnum()
            return text if simple else node.attr

        if isinstance(node, ast.Name):
            return node.id

        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return node.name

        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value

        return self.module.source(node).partition("(")[0]

    @property
    def function(self) -> Function | None:
        """The function whose body this stands in."""
        return function_of(self.node)

    @property
    def bound(self) -> tuple[Module, Binding] | None:
        """What binds the name that this is, through imports; ``None`` if no name."""
        if not isinstance(self.node, ast.Name):
            return None

        return self.names.bound(self.module, self.node)

    def above(self) -> Iterator[Site]:
        """Yield the sites that hold this one, the nearest first."""
        node = parent_of(self.node)

        while node is not None:
            yield self.at(node)
            node = parent_of(node)

    def argument(self, position: int = -1, keyword: str = "") -> Site | None:
        """Return the argument of a call at ``position`` or named ``keyword``.

        A ``*args`` that comes first hides every position: ``None``, as where the
        argument is not given.
        """
        call = t.cast(ast.Call, self.node)

        if keyword:
            for k in call.keywords:
                if k.arg == keyword:
                    return self.at(k.value)

        if 0 <= position < len(call.args):
            before = call.args[: position + 1]

            if not any(isinstance(a, ast.Starred) for a in before):
                return self.at(call.args[position])

        return None

    @property
    def args(self) -> list[ast.expr]:
        """The positional arguments of a call."""
        return t.cast(ast.Call, self.node).args

    @property
    def unknown(self) -> bool:
        """Whether a call's function is neither the project's nor one of a known library."""
        return self.names.unknown(self.name)

    @property
    def open_ended(self) -> bool:
        """Whether a call has ``*args`` or ``**kwargs``, so that more may be given."""
        call = t.cast(ast.Call, self.node)
        starred = any(isinstance(a, ast.Starred) for a in call.args)
        return starred or any(k.arg is None for k in call.keywords)

    @property
    def keywords(self) -> dict[str, Site]:
        """The keyword arguments of a call by name, ``**`` of a literal dict included."""
        call = t.cast(ast.Call, self.node)
        found: dict[str, Site] = {}

        for k in call.keywords:
            if k.arg is not None:
                found[k.arg] = self.at(k.value)
            elif isinstance(k.value, ast.Dict):
                for key, value in zip(k.value.keys, k.value.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        found[key.value] = self.at(value)

        return found
