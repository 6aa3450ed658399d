"""Writes a template as a function of Python's, so that values are followed through it."""

from __future__ import annotations

import ast
import typing as t

from jinja2 import nodes

from ....controls.templates.model import Output
from ..template import Template
from .around import Around
from .around import Named
from .expressions import Expressions
from .filters import call
from .filters import text
from .known import Known
from .known import Target
from .lines import function
from .lines import Lines
from .lines import stored_name
from .lines import target
from .page import CONTEXT
from .page import FUNCTION
from .page import name_of
from .page import Page
from .scope import macros
from .scope import outputs
from .scope import Scope
from .scope import stored
from .tree import Branch
from .tree import Piece
from .tree import tree


def page(template: Template, known: Known, named: Named) -> Page | None:
    """Return a template as a module of Python's, ``None`` if it cannot be one.

    :param named: Tells which templates a name means, seen from one of them.
    """
    reading = template.reading
    pieces = tree(reading) if reading.error is None else None

    if pieces is None:
        return None

    try:
        return _Writer(template, known, named).page(pieces)
    except RecursionError:
        return None


class _Writer:
    """Writes one template. Every statement has a line of its own."""

    def __init__(self, template: Template, known: Known, named: Named) -> None:
        self._template = template
        self._around = Around(template, known, named)
        self._expressions = Expressions(self._around)
        self._lines = Lines()
        self._printed: dict[int, ast.expr] = {}
        self._safe: dict[int, list[ast.expr]] = {}
        self._parents: list[Branch] = []

    def page(self, pieces: list[Piece]) -> Page | None:
        self._around.scope = Scope(stored(pieces), None)
        made = function(FUNCTION)
        made.args.kwarg = ast.arg(CONTEXT)
        self._lines.place(1, made)
        self._lines.arguments(made)

        for name in sorted(self._around.scope.names - macros(pieces)):
            self._lines.assign(
                made.body, 1, stored_name(name), self._around.given(name)
            )

        self._all(made.body, pieces)

        # The page around it is printed when all of its own names are set.
        for branch in self._parents:
            self._parts(made.body, branch)

        self._lines.end(made)
        imports = self._imported()
        template = self._template
        return Page(
            path=template.path,
            name=name_of(template.path),
            text=template.text,
            tree=ast.Module([*imports, made], []),
            test=template.test,
            title=template.name,
            rows=self._lines.rows,
            printed=self._printed,
            marked=self._safe,
        )

    # -- statements

    def _all(self, body: list[ast.stmt], pieces: list[Piece]) -> None:
        for piece in pieces:
            if isinstance(piece, Output):
                self._output(body, piece)
            else:
                handler = self._handlers.get(piece.said.name)

                if handler is not None:
                    handler(self, body, piece)
                elif isinstance(piece.head, nodes.ExprStmt):
                    self._part(body, piece, piece.head.node)
                else:
                    # What it is made of stands where it does.
                    self._all(body, [*piece.body, *piece.other])

    def _output(self, body: list[ast.stmt], output: Output) -> None:
        made = self._expression(output.start, output.expression.tree)
        self._printed[output.start] = made
        self._lines.evaluate(body, output.line, made)

    def _expression(self, start: int, node: nodes.Node | None) -> ast.expr:
        self._around.marked = []
        made = self._expressions.expression(node)

        if self._around.marked:
            self._safe[start] = self._around.marked

        return made

    def _if(self, body: list[ast.stmt], branch: Branch) -> None:
        test = self._expressions.expression(branch.head)
        made = self._lines.place(branch.said.line, ast.If(test, [], []))
        body.append(made)
        self._all(made.body, branch.body)
        self._all(made.orelse, branch.other)
        self._lines.end(made)

    def _for(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if not isinstance(head, nodes.For):
            self._all(body, [*branch.body, *branch.other])
            return

        over = self._expressions.expression(head.iter)
        loop = ast.For(target(head.target), over, [], [])
        made = self._lines.place(branch.said.line, loop)
        body.append(made)
        inner = made.body

        if head.test is not None:
            test = self._expressions.expression(head.test)
            chosen = self._lines.place(branch.said.line, ast.If(test, [], []))
            inner.append(chosen)
            inner = chosen.body

        self._all(inner, branch.body)

        if inner is not made.body:
            self._lines.end(chosen)

        self._lines.end(made)
        self._all(body, branch.other)

    def _set(self, body: list[ast.stmt], branch: Branch) -> None:
        head, said = branch.head, branch.said

        if isinstance(head, nodes.Assign):
            value = self._expression(said.start, head.node)
            self._lines.assign(body, said.line, target(head.target), value)
        elif isinstance(head, nodes.AssignBlock):
            self._all(body, branch.body)
            value = self._text(branch.body)
            self._lines.assign(body, said.line, target(head.target), value)

    def _with(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if isinstance(head, nodes.With):
            for name, value in zip(head.targets, head.values, strict=False):
                made = self._expressions.expression(value)
                self._lines.assign(body, branch.said.line, target(name), made)

    def _macro(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if not isinstance(head, nodes.Macro):
            self._all(body, branch.body)
            return

        outer = self._around.scope
        names = [a.name for a in head.args]
        made = function(head.name)
        made.args.args = [ast.arg(name) for name in names]
        made.args.defaults = self._expressions.all(head.defaults)
        made.args.vararg, made.args.kwarg = ast.arg("varargs"), ast.arg("kwargs")
        body.append(self._lines.place(branch.said.line, made))
        self._lines.arguments(made)
        inside = stored(branch.body)
        self._around.scope = Scope({*names, "varargs", "kwargs", *inside}, outer)
        self._all(made.body, branch.body)
        back = self._lines.place(branch.said.line, ast.Return(self._back(branch)))
        made.body.append(back)
        self._lines.end(made)
        self._around.scope = outer

    def _back(self, branch: Branch) -> ast.expr:
        """Return what a macro gives: of a piece of HTML, it is judged where it stands."""
        source = self._template.text[branch.said.end : branch.end]
        return ast.Constant("") if "<" in source else self._text(branch.body)

    def _text(self, pieces: list[Piece]) -> ast.expr:
        """Return the text that pieces print, each value escaped."""
        escape = self._around.imported("markupsafe.escape")
        found: list[ast.expr] = []

        for output in outputs(pieces):
            safe = self._safe.get(output.start, ())
            self._around.marked = []
            made = self._expressions.expression(output.expression.tree)
            found.append(made if safe else call(escape, made))

        return text(*found)

    def _call(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if isinstance(head, nodes.CallBlock):
            made = self._expressions.expression(head.call)
            self._lines.evaluate(body, branch.said.line, made)

            for name in head.args:
                # What a macro hands to its caller is not followed.
                value = ast.Name("$handed", ast.Load())
                self._lines.assign(body, branch.said.line, target(name), value)

    def _do(self, body: list[ast.stmt], branch: Branch) -> None:
        if isinstance(branch.head, nodes.ExprStmt):
            made = self._expressions.expression(branch.head.node)
            self._lines.evaluate(body, branch.said.line, made)

    def _extends(self, body: list[ast.stmt], branch: Branch) -> None:
        self._parents.append(branch)

    def _parts(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if not isinstance(head, nodes.Include | nodes.Extends):
            return

        for other in self._around.templates(head.template):
            func = self._around.project(Target(name_of(other.path), FUNCTION))
            made = ast.Call(func=func, args=[], keywords=self._context())
            self._lines.evaluate(body, branch.said.line, made)

    def _part(self, body: list[ast.stmt], branch: Branch, node: nodes.Node) -> None:
        """Write a tag of the app's own that names a template and what it is given."""
        made = self._expressions.expression(node)
        given = made.keywords if isinstance(made, ast.Call) else []
        first = node.args[:1] if isinstance(node, nodes.Call) else []

        for other in self._around.templates(first[0]) if first else ():
            func = self._around.project(Target(name_of(other.path), FUNCTION))
            part = ast.Call(func=func, args=[], keywords=given)
            self._lines.evaluate(body, branch.said.line, part)

    def _context(self) -> list[ast.keyword]:
        """Return what a template that is a part of this one is given: all there is."""
        own = [
            ast.keyword(n, ast.Name(n, ast.Load())) for n in self._around.scope.all()
        ]
        return [*own, ast.keyword(None, ast.Name(CONTEXT, ast.Load()))]

    def _import(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if isinstance(head, nodes.Import):
            self._around.members[head.target] = self._around.templates(head.template)
        elif isinstance(head, nodes.FromImport):
            found = self._around.templates(head.template)

            for name in head.names:
                macro, known = (name, name) if isinstance(name, str) else name
                value = self._around.macro(found, macro)

                if value is not None:
                    target = stored_name(known)
                    self._lines.assign(body, branch.said.line, target, value)

    _handlers: t.ClassVar[
        dict[str, t.Callable[[_Writer, list[ast.stmt], Branch], None]]
    ] = {
        "if": _if,
        "for": _for,
        "set": _set,
        "with": _with,
        "trans": _with,
        "macro": _macro,
        "call": _call,
        "do": _do,
        "include": _parts,
        "extends": _extends,
        "import": _import,
        "from": _import,
    }

    def _imported(self) -> list[ast.stmt]:
        return [
            self._lines.place(1, ast.ImportFrom(holder, [ast.alias(name, known)], 0))
            for (holder, name), known in self._around.imports.items()
        ]
