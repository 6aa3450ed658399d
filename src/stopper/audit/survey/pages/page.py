"""One template as a module of Python's, of which the flow asks as of any other."""

from __future__ import annotations

import ast
import dataclasses
import typing as t

from ...finding import Place
from ..module import Module

#: What a template is given, in the function that it is written as. No template has a
#: name like this one.
CONTEXT = "$context"

#: What that function is called.
FUNCTION = "page"


@dataclasses.dataclass(frozen=True, eq=False)
class Page(Module):
    """One template as a module of Python's.

    :param title: The template's name, as ``render_template`` would say it.
    :param rows: The line of the template at which each line of the module stands.
    :param printed: By the offset of an output: what it prints.
    :param marked: By the offset of an output or of ``set``: what stands before
        ``|safe``.
    """

    title: str = ""
    rows: t.Sequence[int] = ()
    printed: t.Mapping[int, ast.expr] = dataclasses.field(default_factory=dict)
    marked: t.Mapping[int, t.Sequence[ast.expr]] = dataclasses.field(
        default_factory=dict
    )

    @property
    def function(self) -> ast.FunctionDef:
        """The function that the template is written as."""
        return t.cast(ast.FunctionDef, self.tree.body[-1])

    def place(self, node: ast.AST) -> Place:
        """Return where in the template ``node`` stands."""
        line = getattr(node, "lineno", 1)
        known = 0 < line <= len(self.rows)
        row = self.rows[line - 1] if known else 1
        return Place(self.path, row, 0, row)

    def segment(self, node: ast.AST) -> str:
        """Return ``node`` as Python would write it."""
        try:
            return ast.unparse(node)
        except (RecursionError, ValueError):
            return ""


def name_of(path: str) -> str:
    """Return the name of the module that a template is written as.

    No module of the project has one like it, and it is but one part.
    """
    return "{" + path.replace(".", ":") + "}"
