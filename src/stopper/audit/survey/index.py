"""One walk over a module: its nodes by type, its scopes, who is whose parent."""

from __future__ import annotations

import ast
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
        self._walk(tree)

    def nodes(self, kind: type[NodeT]) -> list[NodeT]:
        """Return every node of exactly this type, one of :data:`KEPT`."""
        return t.cast("list[NodeT]", self._nodes[kind])

    def functions(self) -> Iterator[Function]:
        """Yield every function and method."""
        yield from self.nodes(ast.FunctionDef)
        yield from self.nodes(ast.AsyncFunctionDef)

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
            scope.bind(node.name, Binding(Binds.FUNCTION, node.lineno, node))
            inner = self._open(node, scope, node.name)
            _bind_parameters(node.args, inner)
            return inner

        if isinstance(node, ast.ClassDef):
            scope.bind(node.name, Binding(Binds.CLASS, node.lineno, node))
            return self._open(node, scope, node.name)

        if isinstance(node, ast.Lambda):
            inner = self._open(node, scope, "<lambda>")
            _bind_parameters(node.args, inner)
            return inner

        if isinstance(node, COMPREHENSIONS):
            return self._open(node, scope, "<comprehension>")

        if isinstance(node, ast.Import):
            _bind_import(node, scope)
        elif isinstance(node, ast.ImportFrom):
            self._bind_import_from(node, scope)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            scope.bind(node.name, Binding(Binds.OTHER, node.lineno, node))
        elif isinstance(node, ast.Global):
            scope.globals.update(node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            _bind_attribute(node, scope)

        return None

    def _open(self, node: ast.AST, scope: Scope, name: str) -> Scope:
        qualname = f"{scope.qualname}.{name}" if scope.qualname else name
        inner = Scope(node, scope, qualname)
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
                binding = Binding(Binds.IMPORT, node.lineno, node, name)
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
        scope.bind(
            alias.asname or first, Binding(Binds.IMPORT, node.lineno, node, target)
        )


def _bind_parameters(arguments: ast.arguments, scope: Scope) -> None:
    for parameter in (
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        *filter(None, (arguments.vararg, arguments.kwarg)),
    ):
        line = parameter.lineno
        binding = Binding(
            Binds.PARAMETER, line, parameter, annotation=parameter.annotation
        )
        scope.bind(parameter.arg, binding)


def _bind_name(node: ast.Name, scope: Scope) -> None:
    target = scope

    # ``:=`` in a comprehension binds outside of it.
    if isinstance(parent_of(node), ast.NamedExpr):
        while isinstance(target.node, COMPREHENSIONS) and target.parent:
            target = target.parent

    target.bind(node.id, _stored(node))


def _stored(node: ast.Name | ast.Attribute) -> Binding:
    """Return the binding of a name or attribute that stands where it is assigned."""
    parent = parent_of(node)

    if isinstance(parent, ast.Assign) and node in parent.targets:
        return Binding(Binds.ASSIGNMENT, node.lineno, parent.value)

    if isinstance(parent, ast.AnnAssign) and parent.target is node:
        return Binding(
            Binds.ASSIGNMENT, node.lineno, parent.value, annotation=parent.annotation
        )

    if isinstance(parent, ast.NamedExpr):
        return Binding(Binds.ASSIGNMENT, node.lineno, parent.value)

    if isinstance(parent, ast.withitem):
        return Binding(Binds.CONTEXT, node.lineno, parent.context_expr)

    if isinstance(parent, ast.Tuple | ast.List):
        return _unpacked(node, parent)

    return Binding(Binds.OTHER, node.lineno)


def _unpacked(node: ast.expr, target: ast.Tuple | ast.List) -> Binding:
    """Return the binding of one name of ``a, b = x, y``."""
    assign = parent_of(target)

    if isinstance(assign, ast.Assign) and isinstance(
        assign.value, ast.Tuple | ast.List
    ):
        values = assign.value.elts
        starred = any(isinstance(e, ast.Starred) for e in (*values, *target.elts))

        if len(values) == len(target.elts) and not starred:
            value = values[target.elts.index(node)]
            return Binding(Binds.ASSIGNMENT, node.lineno, value)

    return Binding(Binds.OTHER, node.lineno)


def _bind_attribute(node: ast.Attribute, scope: Scope) -> None:
    """Record ``self.x = value`` in the class whose method this is."""
    if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
        owner = scope.enclosing_class()

        if owner is not None:
            owner.attributes.setdefault(node.attr, []).append(_stored(node))
