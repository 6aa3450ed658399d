"""Puts the statements of a page on lines, and says where in the template those are."""

from __future__ import annotations

import ast
import typing as t

from jinja2 import nodes

from ..depth import LIMIT

_StmtT = t.TypeVar("_StmtT", bound=ast.stmt)


class Lines:
    """Gives every statement a line of its own.

    :param rows: The line of the template at which each of them stands.
    """

    def __init__(self) -> None:
        self.rows: list[int] = []

    def evaluate(self, body: list[ast.stmt], line: int, value: ast.expr) -> None:
        """Write what is evaluated. By itself it would be a test that was passed."""
        self.assign(body, line, stored_name("$printed"), value)

    def assign(
        self, body: list[ast.stmt], line: int, target: ast.expr, value: ast.expr
    ) -> None:
        """Write an assignment."""
        body.append(self.place(line, ast.Assign([target], value)))

    def place(self, row: int, made: _StmtT) -> _StmtT:
        """Give a statement, and what it is made of, a line of its own."""
        self.rows.append(row)
        line = len(self.rows)
        column = 0

        for node in ast.walk(made):
            column += 1
            at = t.cast(ast.expr, node)
            at.lineno = at.end_lineno = line
            at.col_offset, at.end_col_offset = column, column + 1

        if isinstance(made, ast.Assign):
            made.value.end_col_offset = column + 1

        return made

    def arguments(self, made: ast.FunctionDef) -> None:
        """Have a function's parameters stand where it does."""
        line = len(self.rows)

        for node in ast.walk(made.args):
            at = t.cast(ast.expr, node)
            at.lineno = at.end_lineno = line
            at.col_offset = at.end_col_offset = 0

    def end(self, made: ast.stmt) -> None:
        """Have a statement end where what was written last does."""
        made.end_lineno = len(self.rows)
        made.end_col_offset = LIMIT


def function(name: str) -> ast.FunctionDef:
    """Return a function without parameters or a body."""
    arguments = ast.arguments([], [], None, [], [], None, [])
    return ast.FunctionDef(name, arguments, [], [], None, None)


def stored_name(name: str) -> ast.Name:
    """Return a name that is assigned to."""
    return ast.Name(name, ast.Store())


def target(node: nodes.Node) -> ast.expr:
    """Return what is assigned to."""
    if isinstance(node, nodes.Tuple):
        return ast.Tuple([target(n) for n in node.items], ast.Store())

    if isinstance(node, nodes.NSRef):
        return ast.Attribute(ast.Name(node.name, ast.Load()), node.attr, ast.Store())

    return stored_name(getattr(node, "name", "$unknown"))
