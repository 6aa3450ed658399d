"""What the statements of a module bind, and from which place on."""

from __future__ import annotations

import ast
import dataclasses

from .links import COMPREHENSIONS
from .links import parent_of
from .scope import Binding
from .scope import Binds
from .scope import Scope

#: How many names one unpacking may have, each of which is looked for in it.
_UNPACKED = 50


def bind_import(node: ast.Import, scope: Scope) -> None:
    """Record what ``import x.y as z`` binds."""
    for alias in node.names:
        first = alias.name.partition(".")[0]
        target = alias.name if alias.asname else first
        scope.bind(alias.asname or first, defined(Binds.IMPORT, node, target))


def bind_parameters(arguments: ast.arguments, scope: Scope) -> None:
    """Record the parameters of a function or lambda."""
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


def bind_name(node: ast.Name, scope: Scope) -> None:
    """Record a name where it is assigned."""
    target = scope

    # ``:=`` in a comprehension binds outside of it.
    if isinstance(parent_of(node), ast.NamedExpr):
        while isinstance(target.node, COMPREHENSIONS) and target.parent:
            target = target.parent

    target.bind(node.id, _stored(node))


def defined(
    how: Binds,
    node: ast.stmt | ast.ExceptHandler | ast.pattern,
    target: str = "",
) -> Binding:
    """Return the binding of what stands where it is bound."""
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


def since(binding: Binding) -> tuple[int, int]:
    """Return the place from which a binding holds."""
    return binding.since


def bind_attribute(node: ast.Attribute, scope: Scope) -> None:
    """Record ``self.x = value`` in the class whose method this is."""
    if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
        owner = scope.enclosing_class()

        if owner is not None:
            owner.attributes.setdefault(node.attr, []).append(_stored(node))
