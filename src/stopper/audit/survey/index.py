"""One walk over a module: its nodes by type, its scopes, who is whose parent."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Callable
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
from .nodes import fields
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
        # A stack of our own: the depth of a tree is the audited project's choice. What
        # it costs is paid for every node, so what can be told by its type alone is.
        stack: list[tuple[ast.AST, ast.AST | None, Scope]] = [(tree, None, self.scope)]
        nodes = self._nodes
        put = stack.append

        while stack:
            node, parent, scope = stack.pop()
            node._stopper_parent = parent  # type: ignore[attr-defined]
            node._stopper_scope = scope  # type: ignore[attr-defined]
            kind = type(node)

            if kind in nodes:
                nodes[kind].append(node)

            enter = _ENTERS.get(kind)
            inner = None if enter is None else enter(self, node, scope)

            # The last is put down first, so that the first is taken up first.
            for field in _FIELDS[kind] if kind in _FIELDS else _fields(kind):
                value = getattr(node, field, None)
                at = scope if inner is None or _outer(node, field) else inner

                if isinstance(value, list):
                    for v in reversed(value):
                        if isinstance(v, ast.AST):
                            put((v, node, at))

                    if field in _SECOND:
                        for v in value:
                            v._stopper_field = field
                elif isinstance(value, ast.AST):
                    put((value, node, at))

    def _at_name(self, node: ast.Name, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Store):
            bind_name(node, scope)

    def _at_attribute(self, node: ast.Attribute, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Store):
            bind_attribute(node, scope)

    def _at_function(self, node: Function, scope: Scope) -> Scope:
        scope.bind(node.name, defined(Binds.FUNCTION, node))
        inner = self._open(node, scope, node.name)
        bind_parameters(node.args, inner)
        return inner

    def _at_class(self, node: ast.ClassDef, scope: Scope) -> Scope:
        scope.bind(node.name, defined(Binds.CLASS, node))
        return self._open(node, scope, node.name)

    def _at_lambda(self, node: ast.Lambda, scope: Scope) -> Scope:
        inner = self._open(node, scope, "")
        bind_parameters(node.args, inner)
        return inner

    def _at_comprehension(self, node: ast.expr, scope: Scope) -> Scope:
        return self._open(node, scope, "")

    def _at_import(self, node: ast.Import, scope: Scope) -> None:
        bind_import(node, scope)

    def _at_captured(
        self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar, scope: Scope
    ) -> None:
        if node.name:
            scope.bind(node.name, defined(Binds.OTHER, node))

    def _at_rest(self, node: ast.MatchMapping, scope: Scope) -> None:
        if node.rest:
            scope.bind(node.rest, defined(Binds.OTHER, node))

    def _at_global(self, node: ast.Global, scope: Scope) -> None:
        scope.globals.update(node.names)

    def _at_nonlocal(self, node: ast.Nonlocal, scope: Scope) -> None:
        scope.nonlocals.update(node.names)

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


#: What a node of a type binds, and the scope that it opens.
_ENTERS: dict[type[ast.AST], Callable[[Index, t.Any, Scope], Scope | None]] = {
    ast.Name: Index._at_name,
    ast.Attribute: Index._at_attribute,
    ast.FunctionDef: Index._at_function,
    ast.AsyncFunctionDef: Index._at_function,
    ast.ClassDef: Index._at_class,
    ast.Lambda: Index._at_lambda,
    **dict.fromkeys(COMPREHENSIONS, Index._at_comprehension),
    ast.Import: Index._at_import,
    ast.ImportFrom: Index._bind_import_from,
    ast.ExceptHandler: Index._at_captured,
    ast.MatchAs: Index._at_captured,
    ast.MatchStar: Index._at_captured,
    ast.MatchMapping: Index._at_rest,
    ast.Global: Index._at_global,
    ast.Nonlocal: Index._at_nonlocal,
}

#: By the type of a node, its fields that may hold others, the last one first.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = _FIELDS[kind] = fields(kind)[::-1]
    return found


def _outer(node: ast.AST, field: str) -> bool:
    """Say whether a definition's part is evaluated outside the scope that it opens."""
    if isinstance(node, FUNCTIONS):
        return field in {"decorator_list", "returns", "args"}

    if isinstance(node, ast.ClassDef):
        return field in {"decorator_list", "bases", "keywords"}

    return isinstance(node, ast.Lambda) and field == "args"
