"""One walk over a module: its nodes by type, its scopes, who is whose parent."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from .bindings import bind_attribute
from .bindings import bind_import
from .bindings import bind_name
from .bindings import bind_parameters
from .bindings import defined
from .bindings import since
from .links import COMPREHENSIONS as COMPREHENSIONS
from .links import Function as Function
from .links import FUNCTIONS as FUNCTIONS
from .links import inner_scope as inner_scope
from .links import parent_of as parent_of
from .links import scope_of as scope_of
from .scope import Binds
from .scope import Scope

NodeT = t.TypeVar("NodeT", bound=ast.AST)

#: What checks ask for. Everything else is reached from these.
KEPT: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Call,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AnnAssign,
        ast.AugAssign,
        ast.Compare,
        ast.BinOp,
        ast.JoinedStr,
        ast.Constant,
        ast.Dict,
        ast.ExceptHandler,
        ast.Return,
        ast.Subscript,
        ast.Import,
        ast.ImportFrom,
        ast.With,
        ast.If,
    }
)

#: The blocks of a statement after its first, on whose nodes their name is noted.
_SECOND = frozenset({"orelse", "finalbody"})


class Index:
    """The nodes of one module by type, in the order in which they stand.

    :param name: The module's dotted name, for relative imports.
    :param package: Whether the module is an ``__init__``.
    """

    def __init__(self, tree: ast.Module, name: str, package: bool) -> None:
        self.scope = Scope(tree, None, "")
        self._name = name
        self._package = package
        self._nodes: dict[type[ast.AST], list[ast.AST]] = {k: [] for k in KEPT}
        self._scopes = [self.scope]
        self._walk(tree)
        self._in_order()

    def nodes(self, kind: type[NodeT]) -> list[NodeT]:
        """Return every node of exactly this type, one of :data:`KEPT`."""
        return t.cast("list[NodeT]", self._nodes[kind])

    def functions(self) -> Iterator[Function]:
        """Yield every function and method."""
        yield from self.nodes(ast.FunctionDef)
        yield from self.nodes(ast.AsyncFunctionDef)

    def _in_order(self) -> None:
        """Put bindings in the order in which they begin to hold."""
        for scope in self._scopes:
            for bindings in (*scope.names.values(), *scope.attributes.values()):
                if len(bindings) > 1:
                    bindings.sort(key=since)

    def _walk(self, tree: ast.Module) -> None:
        # A stack of our own: the depth of a tree is the audited project's choice.
        stack: list[tuple[ast.AST, ast.AST | None, Scope]] = [(tree, None, self.scope)]
        nodes = self._nodes

        while stack:
            node, parent, scope = stack.pop()
            node._stopper_parent = parent  # type: ignore[attr-defined]
            node._stopper_scope = scope  # type: ignore[attr-defined]
            kind = type(node)

            if kind in nodes:
                nodes[kind].append(node)

            inner = self._enter(node, scope)
            below: list[tuple[ast.AST, ast.AST | None, Scope]] = []

            for field in node._fields:
                value = getattr(node, field, None)
                at = scope if inner is None or _outer(node, field) else inner

                if isinstance(value, list):
                    below.extend((v, node, at) for v in value if isinstance(v, ast.AST))

                    if field in _SECOND:
                        for v in value:
                            v._stopper_field = field
                elif isinstance(value, ast.AST):
                    below.append((value, node, at))

            stack.extend(reversed(below))

    def _enter(self, node: ast.AST, scope: Scope) -> Scope | None:
        """Record what ``node`` binds, and return the scope that it opens, if any."""
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                bind_name(node, scope)

            return None

        if isinstance(node, FUNCTIONS):
            scope.bind(node.name, defined(Binds.FUNCTION, node))
            inner = self._open(node, scope, node.name)
            bind_parameters(node.args, inner)
            return inner

        if isinstance(node, ast.ClassDef):
            scope.bind(node.name, defined(Binds.CLASS, node))
            return self._open(node, scope, node.name)

        if isinstance(node, ast.Lambda):
            inner = self._open(node, scope, "")
            bind_parameters(node.args, inner)
            return inner

        if isinstance(node, COMPREHENSIONS):
            return self._open(node, scope, "")

        if isinstance(node, ast.Import):
            bind_import(node, scope)
        elif isinstance(node, ast.ImportFrom):
            self._bind_import_from(node, scope)
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, ast.MatchAs | ast.MatchStar) and node.name
        ):
            scope.bind(node.name, defined(Binds.OTHER, node))
        elif isinstance(node, ast.MatchMapping) and node.rest:
            scope.bind(node.rest, defined(Binds.OTHER, node))
        elif isinstance(node, ast.Global):
            scope.globals.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            scope.nonlocals.update(node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            bind_attribute(node, scope)

        return None

    def _open(self, node: ast.AST, scope: Scope, name: str) -> Scope:
        # What has no name has no definitions in it either: its own name would only
        # grow with every lambda around it.
        qualname = ".".join(part for part in (scope.qualname, name) if part)
        inner = Scope(node, scope, qualname)
        self._scopes.append(inner)
        node._stopper_inner = inner  # type: ignore[attr-defined]
        return inner

    def _bind_import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        source = node.module or ""

        if node.level:
            parts = self._name.split(".")
            keep = len(parts) - node.level + (1 if self._package else 0)
            source = ".".join([*parts[: max(keep, 0)], *([source] if source else [])])

        for alias in node.names:
            if alias.name == "*":
                scope.stars.append(source)
            else:
                name = f"{source}.{alias.name}" if source else alias.name
                binding = defined(Binds.IMPORT, node, name)
                scope.bind(alias.asname or alias.name, binding)


def _outer(node: ast.AST, field: str) -> bool:
    """Say whether a definition's part is evaluated outside the scope that it opens."""
    if isinstance(node, FUNCTIONS):
        return field in {"decorator_list", "returns", "args"}

    if isinstance(node, ast.ClassDef):
        return field in {"decorator_list", "bases", "keywords"}

    return isinstance(node, ast.Lambda) and field == "args"
