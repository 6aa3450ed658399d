"""One walk over a module: its nodes by type, its scopes, who is whose parent."""

from __future__ import annotations

import ast
import dataclasses
import typing as t
from collections.abc import Iterator

from .scope import Binding
from .scope import Binds
from .scope import Scope

NodeT = t.TypeVar("NodeT", bound=ast.AST)

Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

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

#: How many names one unpacking may have, each of which is looked for in it.
_UNPACKED = 50

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parent_of(node: ast.AST) -> ast.AST | None:
    """Return the node that holds ``node``, ``None`` for a module."""
    return t.cast("ast.AST | None", getattr(node, "_stopper_parent", None))


def scope_of(node: ast.AST) -> Scope:
    """Return the scope in which ``node`` is evaluated."""
    return t.cast(Scope, node._stopper_scope)  # type: ignore[attr-defined]  # set by the walk


def inner_scope(node: ast.AST) -> Scope | None:
    """Return the scope that a definition opens."""
    return t.cast("Scope | None", getattr(node, "_stopper_inner", None))


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
                    bindings.sort(key=_since)

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
                _bind_name(node, scope)

            return None

        if isinstance(node, FUNCTIONS):
            scope.bind(node.name, _defined(Binds.FUNCTION, node))
            inner = self._open(node, scope, node.name)
            _bind_parameters(node.args, inner)
            return inner

        if isinstance(node, ast.ClassDef):
            scope.bind(node.name, _defined(Binds.CLASS, node))
            return self._open(node, scope, node.name)

        if isinstance(node, ast.Lambda):
            inner = self._open(node, scope, "")
            _bind_parameters(node.args, inner)
            return inner

        if isinstance(node, COMPREHENSIONS):
            return self._open(node, scope, "")

        if isinstance(node, ast.Import):
            _bind_import(node, scope)
        elif isinstance(node, ast.ImportFrom):
            self._bind_import_from(node, scope)
        elif (isinstance(node, ast.ExceptHandler) and node.name) or (
            isinstance(node, ast.MatchAs | ast.MatchStar) and node.name
        ):
            scope.bind(node.name, _defined(Binds.OTHER, node))
        elif isinstance(node, ast.MatchMapping) and node.rest:
            scope.bind(node.rest, _defined(Binds.OTHER, node))
        elif isinstance(node, ast.Global):
            scope.globals.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            scope.nonlocals.update(node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            _bind_attribute(node, scope)

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
                binding = _defined(Binds.IMPORT, node, name)
                scope.bind(alias.asname or alias.name, binding)


def _outer(node: ast.AST, field: str) -> bool:
    """Say whether a definition's part is evaluated outside the scope that it opens."""
    if isinstance(node, FUNCTIONS):
        return field in {"decorator_list", "returns", "args"}

    if isinstance(node, ast.ClassDef):
        return field in {"decorator_list", "bases", "keywords"}

    return isinstance(node, ast.Lambda) and field == "args"


def _bind_import(node: ast.Import, scope: Scope) -> None:
    for alias in node.names:
        first = alias.name.partition(".")[0]
        target = alias.name if alias.asname else first
        scope.bind(alias.asname or first, _defined(Binds.IMPORT, node, target))


def _bind_parameters(arguments: ast.arguments, scope: Scope) -> None:
    for parameter in (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        *filter(None, (arguments.vararg, arguments.kwarg)),
    ):
        line = parameter.lineno
        binding = Binding(
            Binds.PARAMETER,
            line,
            parameter,
            annotation=parameter.annotation,
            at=parameter,
            since=(line, parameter.col_offset),
        )
        scope.bind(parameter.arg, binding)


def _bind_name(node: ast.Name, scope: Scope) -> None:
    target = scope

    # ``:=`` in a comprehension binds outside of it.
    if isinstance(parent_of(node), ast.NamedExpr):
        while isinstance(target.node, COMPREHENSIONS) and target.parent:
            target = target.parent

    target.bind(node.id, _stored(node))


def _defined(
    how: Binds,
    node: ast.stmt | ast.ExceptHandler | ast.pattern,
    target: str = "",
) -> Binding:
    since = (node.lineno, node.col_offset)
    return Binding(how, node.lineno, node, target, at=node, since=since)


def _stored(node: ast.Name | ast.Attribute) -> Binding:
    """Return the binding of a name or attribute that stands where it is assigned."""
    parent = parent_of(node)

    if isinstance(parent, ast.Assign) and node is not parent.value:
        return _given(Binds.ASSIGNMENT, node, parent.value)

    if isinstance(parent, ast.AnnAssign) and parent.target is node:
        return _given(Binds.ASSIGNMENT, node, parent.value, parent.annotation)

    if isinstance(parent, ast.NamedExpr):
        return _given(Binds.ASSIGNMENT, node, parent.value)

    if isinstance(parent, ast.AugAssign):
        return dataclasses.replace(
            _given(Binds.CHANGE, node, parent.value), node=parent
        )

    if isinstance(parent, ast.withitem):
        return _given(Binds.CONTEXT, node, parent.context_expr)

    if isinstance(parent, ast.Tuple | ast.List):
        return _unpacked(node, parent)

    return _given(Binds.OTHER, node, None)


def _given(
    how: Binds,
    node: ast.Name | ast.Attribute,
    value: ast.expr | None,
    annotation: ast.expr | None = None,
) -> Binding:
    last = value if value is not None else node
    since = (last.end_lineno or node.lineno, last.end_col_offset or 0)
    return Binding(how, node.lineno, value, "", annotation, node, since)


def _unpacked(node: ast.Name | ast.Attribute, target: ast.Tuple | ast.List) -> Binding:
    """Return the binding of one name of ``a, b = x, y``."""
    assign = parent_of(target)

    if isinstance(assign, ast.Assign) and isinstance(
        assign.value, ast.Tuple | ast.List
    ):
        values = assign.value.elts

        if len(values) == len(target.elts) <= _UNPACKED:
            starred = any(isinstance(e, ast.Starred) for e in (*values, *target.elts))

            if not starred:
                value = values[target.elts.index(node)]
                given = _given(Binds.ASSIGNMENT, node, value)
                last = assign.value
                since = (last.end_lineno or 0, last.end_col_offset or 0)
                return dataclasses.replace(given, since=since)

    return _given(Binds.OTHER, node, None)


def _since(binding: Binding) -> tuple[int, int]:
    return binding.since


def _bind_attribute(node: ast.Attribute, scope: Scope) -> None:
    """Record ``self.x = value`` in the class whose method this is."""
    if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
        owner = scope.enclosing_class()

        if owner is not None:
            owner.attributes.setdefault(node.attr, []).append(_stored(node))
