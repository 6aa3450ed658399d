"""What the walk notes on a node: who holds it, where it is evaluated, what it opens."""

from __future__ import annotations

import ast
import typing as t

from .scope import Scope

Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

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
