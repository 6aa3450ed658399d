"""What the names in a template stand for, where its expressions ask for them."""

from __future__ import annotations

import ast
import typing as t

from jinja2 import nodes

from ..template import Template
from .known import Known
from .known import Target
from .page import CONTEXT
from .page import FUNCTION
from .page import name_of
from .scope import named_in
from .scope import Scope

#: Tells which templates a name means.
Named = t.Callable[[str, Template], list[Template]]

#: How many templates one name may mean.
SAME = 6


class Around:
    """What is around the expressions of one template.

    :param scope: The names that are seen where it is asked.
    :param members: The templates that were imported by a name.
    :param imports: What the page imports, with the names that it has there.
    """

    def __init__(self, template: Template, known: Known, named: Named) -> None:
        self.known = known
        self.marked: list[ast.expr] = []
        self.scope = Scope((), None)
        self.members: dict[str, list[Template]] = {}
        self.imports: dict[tuple[str, str], str] = {}
        self._template = template
        self._named = named

    def own(self, name: str) -> ast.expr | None:
        """Return what the template itself calls by this name, if anything."""
        return ast.Name(name, ast.Load()) if self.scope.has(name) else None

    def member(self, name: str, attribute: str) -> ast.expr | None:
        """Return the macro of a template that was imported by a name."""
        if name not in self.members or self.scope.has(name):
            return None

        return self.macro(self.members[name], attribute)

    def given(self, name: str) -> ast.expr:
        """Return what who renders the template gives it by this name."""
        context = ast.Name(CONTEXT, ast.Load())
        return ast.Subscript(context, ast.Constant(name), ast.Load())

    def imported(self, name: str) -> ast.expr:
        """Return the expression that is a library's function."""
        holder, _, last = name.rpartition(".")
        return self.project(Target(holder, last))

    def project(self, target: Target) -> ast.expr:
        """Return the expression that is something of the project's."""
        key = target.holder, target.name
        known = self.imports.setdefault(key, f"${len(self.imports)}")
        made: ast.expr = ast.Name(known, ast.Load())

        for attribute in target.attributes:
            made = ast.Attribute(made, attribute, ast.Load())

        return made

    def templates(self, node: nodes.Node) -> list[Template]:
        """Return the templates that an expression names."""
        return [
            other
            for name in named_in(node)
            for other in self._named(name, self._template)[:SAME]
        ]

    def macro(self, found: list[Template], name: str) -> ast.expr | None:
        """Return the macro of this name in one of several templates."""
        for other in found:
            if any(
                s.name == "macro" and s.target == name for s in other.reading.statements
            ):
                return self.project(Target(f"{name_of(other.path)}.{FUNCTION}", name))

        return None
