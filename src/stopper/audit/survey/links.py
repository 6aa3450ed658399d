"""What the walk notes on a node: who holds it, where it is evaluated, what it opens."""

from __future__ import annotations

import ast
import typing as t

from .scope import Scope

Function = ast.FunctionDef | ast.AsyncFunctionDef

NodeT = t.TypeVar("NodeT", bound=ast.AST)

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def parent_of(node: ast.AST) -> ast.AST | None:
    """Return the node that holds ``node``, ``None`` for a module."""
    return t.cast("ast.AST | None", getattr(node, "_stopper_parent", None))


def scope_of(node: ast.AST) -> Scope:
    """Return the scope in which ``node`` is evaluated."""
    return t.cast(Scope, node._stopper_scope)  # type: ignore[attr-defined]  # set by the walk


def placed(made: NodeT, node: ast.AST) -> NodeT:
    """Have a node that stands nowhere be seen as standing where another one does."""
    ast.copy_location(made, node)
    made._stopper_parent = parent_of(node)  # type: ignore[attr-defined]
    made._stopper_scope = scope_of(node)  # type: ignore[attr-defined]
    return made


def inner_scope(node: ast.AST) -> Scope | None:
    """Return the scope that a definition opens."""
    return t.cast("Scope | None", getattr(node, "_stopper_inner", None))
