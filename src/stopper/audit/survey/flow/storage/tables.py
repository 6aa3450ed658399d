"""Which classes of the project are tables, and what their columns are."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from ...index import Function
from ...module import Module
from ...project import Project
from ..whole.knowledge import Owner
from .columns import Column
from .columns import declared
from .columns import is_column
from .columns import last

#: The classes that the tables of those who log in are below.
_USERS = frozenset({"flask_login.UserMixin", "flask_security.UserMixin"})

#: What stands for the row of who is logged in.
CURRENT = frozenset(
    f"{module}.current_user"
    for module in ("flask_login", "flask_login.utils", "flask_security")
)

#: Decorators of the function that gives it.
_LOADERS = frozenset({"user_loader", "user_lookup_loader", "request_loader"})


class Tables:
    """Knows the classes of which objects are rows of a table."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = project.names
        self._columns: dict[ast.ClassDef, dict[str, Column]] = {}

    def is_table(self, holder: ast.AST) -> bool:
        """Say whether a class's objects are rows."""
        return holder in self._tables

    def columns(self, module: Module, holder: ast.ClassDef) -> dict[str, Column]:
        """Return the columns of a table, and the ways from it to other rows."""
        found = self._columns.get(holder)

        if found is None:
            found = self._columns[holder] = dict(self._back.get(holder.name, {}))

            for _, node in reversed(self._names.lineage(module, holder)):
                found |= dict(filter(None, map(declared, node.body)))

        return found

    def target(
        self, module: Module, holder: ast.ClassDef, column: Column
    ) -> Owner | None:
        """Return the table to whose rows a column leads."""
        node = column.target

        if isinstance(node, ast.Lambda):
            node = node.body

        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value.rpartition(".")[2]
            return (module, holder) if name == "self" else self._by_name.get(name)

        if node is None:
            return None

        found = self._names.definition(self._names.name_of(module, node))

        if found is None or not isinstance(found[1], ast.ClassDef):
            return None

        return found[0], found[1]

    def family(self, module: Module, holder: ast.ClassDef) -> list[Owner]:
        """Return the classes that a row of a table may be of, and its bases."""
        line = self._names.lineage(module, holder)
        return [*line, *(o for o in self._below_table.get(holder, ()) if o not in line)]

    @functools.cached_property
    def _tables(self) -> dict[ast.AST, Module]:
        bases = self._project.models.named("table-class")
        found: dict[ast.AST, Module] = {}

        for module in self._project.modules:
            if module.test:
                continue

            for node in module.index.nodes(ast.ClassDef):
                names = {b.removesuffix("()") for b in self._names.bases(module, node)}

                if not bases.isdisjoint(names) or any(map(is_column, node.body)):
                    found[node] = module

        return found

    def every(self) -> Iterator[Owner]:
        """Yield every class of which objects are rows, tests aside."""
        for node, module in self._tables.items():
            if isinstance(node, ast.ClassDef):
                yield module, node

    @functools.cached_property
    def _by_name(self) -> dict[str, Owner]:
        return {node.name: (module, node) for module, node in self.every()}

    @functools.cached_property
    def _below_table(self) -> dict[ast.ClassDef, list[Owner]]:
        found: dict[ast.ClassDef, list[Owner]] = {}

        for module, node in self.every():
            for _, base in self._names.lineage(module, node)[1:]:
                found.setdefault(base, []).append((module, node))

        return found

    @functools.cached_property
    def users(self) -> list[Owner]:
        """The tables of those who log in."""
        return [
            (module, node)
            for module, node in self.every()
            if not _USERS.isdisjoint(self._names.bases(module, node))
        ]

    @functools.cached_property
    def loaders(self) -> list[tuple[Module, Function]]:
        """The functions that give the row of who is logged in."""
        return [
            (module, function)
            for module in self._project.modules
            if not module.test
            for function in module.index.functions()
            if any(last(_bare(d)) in _LOADERS for d in function.decorator_list)
        ]

    @functools.cached_property
    def _back(self) -> dict[str, dict[str, Column]]:
        """The ways back that the class at the other end declares, by class."""
        found: dict[str, dict[str, Column]] = {}

        for module, node in self.every():
            for item in node.body:
                named = declared(item)

                if named is None or not named[1].back:
                    continue

                owner = self.target(module, node, named[1])

                if owner is not None:
                    back = Column(target=ast.Constant(node.name))
                    found.setdefault(owner[1].name, {})[named[1].back] = back

        return found


def _bare(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator
