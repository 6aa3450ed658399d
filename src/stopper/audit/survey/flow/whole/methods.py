"""The methods of classes: their own, inherited ones, and those that override them."""

from __future__ import annotations

import ast
import functools

from ...index import Function
from ...index import FUNCTIONS
from ...module import Module
from ..call import is_method
from .stores import Stores

#: How many functions of the project one method name may stand for.
CANDIDATES = 3

#: Methods of everybody's objects: their name alone says nothing of whose they are.
_COMMON = frozenset(  # a list of words
    [
        "add",
        "all",
        "append",
        "clear",
        "close",
        "commit",
        "copy",
        "count",
        "create",
        "decode",
        "delete",
        "encode",
        "execute",
        "exists",
        "extend",
        "filter",
        "find",
        "first",
        "flush",
        "format",
        "get",
        "get_all",
        "index",
        "info",
        "init",
        "insert",
        "items",
        "join",
        "json",
        "keys",
        "kill",
        "list",
        "load",
        "load_config",
        "load_data",
        "lower",
        "main",
        "next",
        "open",
        "pop",
        "post",
        "process",
        "put",
        "query",
        "read",
        "readline",
        "register",
        "remove",
        "render",
        "replace",
        "reset",
        "run",
        "save",
        "search",
        "send",
        "set",
        "setup",
        "show",
        "size",
        "sort",
        "split",
        "start",
        "stop",
        "strip",
        "submit",
        "test",
        "update",
        "upper",
        "validate",
        "value",
        "values",
        "wait",
        "warning",
        "write",
        "error",
        "debug",
        "exception",
        "name",
        "id",
    ]
)


class Methods(Stores):
    """Knows the methods of the project's classes."""

    def has_method(self, name: str) -> bool:
        """Say whether any class of the project has a method of this name."""
        return name in self._methods

    def method(
        self, module: Module, node: ast.ClassDef, name: str
    ) -> tuple[Module, Function] | None:
        """Return a class's method, its own or an inherited one."""
        for home, owner in self.names.lineage(module, node):
            for item in owner.body:
                if isinstance(item, FUNCTIONS) and item.name == name:
                    return home, item

        return None

    def _named(self, name: str) -> list[tuple[Module, Function]]:
        """Return the few methods of this name, where the name says whose it is."""
        if name in _COMMON or name.startswith("__"):
            return []

        found = self._methods.get(name, [])
        return found if len(found) <= CANDIDATES else []

    @functools.cached_property
    def _methods(self) -> dict[str, list[tuple[Module, Function]]]:
        found: dict[str, list[tuple[Module, Function]]] = {}

        for module in self.project.modules:
            if module.test:
                continue

            for node in module.index.functions():
                if is_method(node):
                    found.setdefault(node.name, []).append((module, node))

        return found

    def subclasses(self, node: ast.ClassDef) -> list[tuple[Module, ast.ClassDef]]:
        """Return the classes below a class."""
        return self._subclasses.get(node, [])

    def _below(self, holder: ast.ClassDef) -> dict[str, list[tuple[Module, Function]]]:
        """Map names to the methods that classes below this one have of their own."""
        known = self._overrides.get(holder)

        if known is None:
            known = self._overrides[holder] = {}

            for module, node in self._subclasses.get(holder, ()):
                for item in node.body:
                    if isinstance(item, FUNCTIONS):
                        known.setdefault(item.name, []).append((module, item))

        return known

    @functools.cached_property
    def _overrides(
        self,
    ) -> dict[ast.ClassDef, dict[str, list[tuple[Module, Function]]]]:
        return {}

    @functools.cached_property
    def _subclasses(self) -> dict[ast.ClassDef, list[tuple[Module, ast.ClassDef]]]:
        found: dict[ast.ClassDef, list[tuple[Module, ast.ClassDef]]] = {}

        for module in self.project.modules:
            for node in module.index.nodes(ast.ClassDef):
                for _, base in self.names.lineage(module, node)[1:]:
                    found.setdefault(base, []).append((module, node))

        return found
