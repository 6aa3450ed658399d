"""What the rewritten text could not say, put right in its tree."""

from __future__ import annotations

import ast

from .edits import Edits
from .tokens import Python2Error

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ENDS = (("lineno", "col_offset"), ("end_lineno", "end_col_offset"))


def mend(tree: ast.Module, mark: str, edits: Edits) -> None:
    """Turn what is marked into what it stands for, and columns into those written.

    :raises Python2Error: If a marked place holds what no Python 2 takes.
    """
    stack: list[ast.AST] = [tree]

    while stack:
        node = stack.pop()

        if isinstance(node, _FUNCTIONS):
            _unpack_parameters(node, mark)
        elif isinstance(node, ast.ExceptHandler):
            _unpack_caught(node, mark)
        elif isinstance(node, ast.Call):
            _print_to(node, mark)

        _rename(node, mark)
        _place(node, edits)
        stack += ast.iter_child_nodes(node)


def _unpack_parameters(node: ast.FunctionDef | ast.AsyncFunctionDef, mark: str) -> None:
    """``def f(a, (b, c))`` takes the second apart as its first act."""
    acts: list[ast.stmt] = []

    for parameter in node.args.args:
        if parameter.arg.startswith(mark) and parameter.annotation is not None:
            name = f".{parameter.arg.removeprefix(mark)}"

            if name[1:].isdecimal():
                acts.append(_assign(parameter.annotation, name))
                parameter.arg, parameter.annotation = name, None

    documented = ast.get_docstring(node, clean=False) is not None
    node.body[documented:documented] = acts


def _unpack_caught(node: ast.ExceptHandler, mark: str) -> None:
    """``except A, (b, c)`` takes the exception apart as its first act."""
    kind = node.type

    if isinstance(kind, ast.Call) and _is(kind.func, f"{mark}except"):
        if len(kind.args) != 2 or kind.keywords:
            raise Python2Error("That is no exception and its name.")

        node.type, target = kind.args
        node.name = ".0"
        node.body.insert(0, _assign(target, node.name))


def _print_to(node: ast.Call, mark: str) -> None:
    """``print >>file, a`` is ``print(a, file=file)``."""
    if node.args and _is(node.args[0], f"{mark}to"):
        if len(node.args) < 2:
            raise Python2Error("It prints to nothing.")

        file = node.args[1]
        del node.args[:2]
        node.keywords.append(ast.copy_location(ast.keyword("file", file), file))


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _assign(target: ast.expr, name: str) -> ast.Assign:
    stack: list[ast.expr] = [target]

    while stack:
        node = stack.pop()

        if isinstance(node, ast.Tuple | ast.List):
            stack += node.elts
        elif not isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            raise Python2Error("That is nothing to assign to.")

        node.ctx = ast.Store()

    value = ast.copy_location(ast.Name(name, ast.Load()), target)
    return ast.copy_location(ast.Assign([target], value), target)


def _rename(node: ast.AST, mark: str) -> None:
    """Take the mark from what was a name in Python 2 and is a keyword today."""
    if isinstance(node, ast.Constant):
        return

    for field, value in ast.iter_fields(node):
        if isinstance(value, str):
            if mark in value:
                setattr(node, field, value.replace(mark, ""))
        elif isinstance(value, list) and isinstance(node, ast.Global):
            value[:] = [str(name).replace(mark, "") for name in value]


def _place(node: ast.AST, edits: Edits) -> None:
    for line, column in _ENDS:
        at = getattr(node, line, None)

        if at is not None:
            setattr(node, column, edits.column(at, getattr(node, column)))
