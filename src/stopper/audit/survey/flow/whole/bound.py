"""What the names of modules are bound to, wherever they are asked for."""

from __future__ import annotations

import ast
import functools
import typing as t

from ...index import FUNCTIONS
from ...index import scope_of
from ...module import Module
from ...nodes import walk
from ...scope import Binding
from ...scope import Binds
from ..decided import Unknown
from .stores import Stores


class Bound(Stores):
    """Knows what a module's names stand for."""

    def definition(
        self, module: Module, node: ast.expr
    ) -> tuple[Module, ast.AST] | None:
        """Return the project's own function or class that an expression names."""
        return self.names.definition(self.names.name_of(module, node))

    def bound_to(self, module: Module, node: ast.expr) -> ast.AST | None:
        """Return what a module's name is bound to, through imports: its value.

        Where it is one of several, the likeliest.
        """
        try:
            return self._bound(module, node, first=True)[1].node
        except Unknown:
            return None

    def constant(self, module: Module, node: ast.expr) -> t.Any:
        """Return the constant that a module's name is, wherever it is asked for.

        :raises Unknown: If it is none, or may be set anew.
        """
        home, binding = self._bound(module, node)
        at, value = binding.at, binding.node

        if binding.how is not Binds.ASSIGNMENT or not isinstance(value, ast.Constant):
            raise Unknown

        if not isinstance(at, ast.Name) or scope_of(at) is not home.scope:
            raise Unknown

        single = len(home.scope.names.get(at.id, ())) == 1

        if not single or at.id in home.scope.shared or self.heap.named(f".{at.id}"):
            raise Unknown

        return value.value

    def _bound(
        self, module: Module, node: ast.expr, first: bool = False
    ) -> tuple[Module, Binding]:
        if isinstance(node, ast.Name):
            found = self.names.reaching(module, node)

            if found and (first or len(found) == 1):
                return found[0]
        elif isinstance(node, ast.Attribute):
            exported = self.member(module, node)

            if exported is not None:
                return exported

        raise Unknown

    def member(
        self, module: Module, node: ast.Attribute
    ) -> tuple[Module, Binding] | None:
        """Return what binds ``module.name``, ``None`` of other attributes."""
        home = self.names.name_of(module, node.value)

        if home not in self.names.modules:
            return None

        return self.names.exported(f"{home}.{node.attr}")

    def is_object(self, module: Module, node: ast.expr) -> bool:
        """Say whether what has the name of a class is one of its objects."""
        made = self.bound_to(module, node) if isinstance(node, ast.Name) else node
        return isinstance(made, ast.Call)

    def is_class(self, module: Module, node: ast.expr | None) -> bool:
        """Say whether ``Class.method(obj)`` is called, and not ``obj.method()``."""
        return node is not None and isinstance(
            self.bound_to(module, node), ast.ClassDef
        )

    def aliases(self, name: str) -> list[str]:
        """Return by which other names the project imports what has this one."""
        return self._aliases.get(name, [])

    @functools.cached_property
    def _aliases(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}

        for module in self.project.modules:
            for node in module.index.nodes(ast.ImportFrom):
                for alias in node.names:
                    if alias.asname:
                        known = found.setdefault(alias.name, [])

                        if alias.asname not in known:
                            known.append(alias.asname)

        return found

    def fields(self, module: Module, node: ast.ClassDef) -> list[str]:
        """Return the names that a class states without a value of its own, in order."""
        found: dict[str, None] = {}

        for _, owner in reversed(self.names.lineage(module, node)):
            for item in owner.body:
                if isinstance(item, ast.AnnAssign) and isinstance(
                    item.target, ast.Name
                ):
                    found[item.target.id] = None

        return list(found)

    def tuple_fields(self, module: Module, node: ast.expr) -> list[str]:
        """Return the fields of a ``namedtuple`` that is called."""
        made = self.bound_to(module, node)

        if not isinstance(made, ast.Call) or len(made.args) < 2:
            return []

        if getattr(made.func, "attr", getattr(made.func, "id", "")) != "namedtuple":
            return []

        listed = made.args[1]

        if isinstance(listed, ast.Constant) and isinstance(listed.value, str):
            return listed.value.replace(",", " ").split()

        elements = getattr(listed, "elts", ())
        return [str(e.value) for e in elements if isinstance(e, ast.Constant)]

    def recursive(self, module: Module, node: ast.AST) -> bool:
        """Say whether a function calls itself, or one that calls it."""
        known = self._recursive.get(node)

        if known is None:
            name = getattr(node, "name", "")
            known = bool(name) and name in self._names_in(node)

            for call in () if known else _calls(node):
                found = self.definition(module, call.func)
                known = known or (
                    found is not None and name in self._names_in(found[1])
                )

            self._recursive[node] = known

        return known

    def _names_in(self, node: ast.AST) -> frozenset[str]:
        """Return the last name of everything that a function calls."""
        known = self._names_called.get(node)

        if known is None:
            names = (
                getattr(c.func, "attr", getattr(c.func, "id", "")) for c in _calls(node)
            )
            known = self._names_called[node] = frozenset(names)

        return known

    @functools.cached_property
    def _recursive(self) -> dict[ast.AST, bool]:
        return {}

    @functools.cached_property
    def _names_called(self) -> dict[ast.AST, frozenset[str]]:
        return {}

    def raises(self, node: ast.AST) -> bool:
        """Say whether a function visibly never comes back: it ends with ``raise``."""
        known = self._raising.get(node)

        if known is None:
            body = getattr(node, "body", None)
            last = body[-1] if isinstance(body, list) and body else None
            returns = isinstance(node, FUNCTIONS) and not any(
                isinstance(n, ast.Return | ast.Yield) for n in walk(node)
            )
            known = returns and isinstance(last, ast.Raise)
            self._raising[node] = known

        return known

    @functools.cached_property
    def _raising(self) -> dict[ast.AST, bool]:
        return {}


def _calls(node: ast.AST) -> list[ast.Call]:
    return [n for n in walk(node) if isinstance(n, ast.Call)]
