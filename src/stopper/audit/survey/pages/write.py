"""Writes a template as a function of Python's, so that values are followed through it."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

from jinja2 import nodes

from ....controls.templates.model import Output
from ..depth import LIMIT
from ..template import Template
from .expressions import Expressions
from .filters import call
from .filters import text
from .known import Known
from .known import Target
from .page import CONTEXT
from .page import FUNCTION
from .page import name_of
from .page import Page
from .tree import Branch
from .tree import Piece
from .tree import tree

#: Tells which templates a name means.
Named = t.Callable[[str, Template], list[Template]]

#: How many templates one name may mean.
SAME = 6


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


class _Scope:
    """The names that one function has of its own, as the template's author wrote them."""

    def __init__(self, names: Iterable[str], outer: _Scope | None) -> None:
        self.names = frozenset(names)
        self.outer = outer

    def has(self, name: str) -> bool:
        return name in self.names or (self.outer is not None and self.outer.has(name))

    def all(self) -> list[str]:
        above = self.outer.all() if self.outer else []
        return list(dict.fromkeys([*sorted(self.names), *above]))


class _Writer:
    """Writes one template. Every statement has a line of its own."""

    def __init__(self, template: Template, known: Known, named: Named) -> None:
        self.known = known
        self.marked: list[ast.expr] = []
        self._template = template
        self._named = named
        self._expressions = Expressions(self)
        self._imports: dict[tuple[str, str], str] = {}
        self._members: dict[str, list[Template]] = {}
        self._rows: list[int] = []
        self._printed: dict[int, ast.expr] = {}
        self._safe: dict[int, list[ast.expr]] = {}
        self._scope = _Scope((), None)
        self._around: list[Branch] = []

    def page(self, pieces: list[Piece]) -> Page | None:
        self._scope = _Scope(_stored(pieces), None)
        function = _function(FUNCTION)
        function.args.kwarg = ast.arg(CONTEXT)
        self._place(1, function)
        self._arguments(function)

        for name in sorted(self._scope.names - _macros(pieces)):
            self._assign(function.body, 1, _stored_name(name), self.given(name))

        self._all(function.body, pieces)

        # The page around it is printed when all of its own names are set.
        for branch in self._around:
            self._parts(function.body, branch)

        self._end(function)
        imports = self._imported()
        template = self._template
        return Page(
            path=template.path,
            name=name_of(template.path),
            text=template.text,
            tree=ast.Module([*imports, function], []),
            test=template.test,
            title=template.name,
            rows=self._rows,
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
        self._evaluate(body, output.line, made)

    def _expression(self, start: int, node: nodes.Node | None) -> ast.expr:
        self.marked = []
        made = self._expressions.expression(node)

        if self.marked:
            self._safe[start] = self.marked

        return made

    def _if(self, body: list[ast.stmt], branch: Branch) -> None:
        test = self._expressions.expression(branch.head)
        made = self._place(branch.said.line, ast.If(test, [], []))
        body.append(made)
        self._all(made.body, branch.body)
        self._all(made.orelse, branch.other)
        self._end(made)

    def _for(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if not isinstance(head, nodes.For):
            self._all(body, [*branch.body, *branch.other])
            return

        target, over = _target(head.target), self._expressions.expression(head.iter)
        made = self._place(branch.said.line, ast.For(target, over, [], []))
        body.append(made)
        inner = made.body

        if head.test is not None:
            test = self._expressions.expression(head.test)
            chosen = self._place(branch.said.line, ast.If(test, [], []))
            inner.append(chosen)
            inner = chosen.body

        self._all(inner, branch.body)

        if inner is not made.body:
            self._end(chosen)

        self._end(made)
        self._all(body, branch.other)

    def _set(self, body: list[ast.stmt], branch: Branch) -> None:
        head, said = branch.head, branch.said

        if isinstance(head, nodes.Assign):
            value = self._expression(said.start, head.node)
            self._assign(body, said.line, _target(head.target), value)
        elif isinstance(head, nodes.AssignBlock):
            self._all(body, branch.body)
            value = self._text(branch.body)
            self._assign(body, said.line, _target(head.target), value)

    def _with(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if isinstance(head, nodes.With):
            for target, value in zip(head.targets, head.values, strict=False):
                made = self._expressions.expression(value)
                self._assign(body, branch.said.line, _target(target), made)

    def _macro(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if not isinstance(head, nodes.Macro):
            self._all(body, branch.body)
            return

        outer = self._scope
        names = [a.name for a in head.args]
        made = _function(head.name)
        made.args.args = [ast.arg(name) for name in names]
        made.args.defaults = self._expressions.all(head.defaults)
        made.args.vararg, made.args.kwarg = ast.arg("varargs"), ast.arg("kwargs")
        body.append(self._place(branch.said.line, made))
        self._arguments(made)
        stored = _stored(branch.body)
        self._scope = _Scope({*names, "varargs", "kwargs", *stored}, outer)
        self._all(made.body, branch.body)
        back = self._place(branch.said.line, ast.Return(self._back(branch)))
        made.body.append(back)
        self._end(made)
        self._scope = outer

    def _back(self, branch: Branch) -> ast.expr:
        """Return what a macro gives: of a piece of HTML, it is judged where it stands."""
        source = self._template.text[branch.said.end : branch.end]
        return ast.Constant("") if "<" in source else self._text(branch.body)

    def _text(self, pieces: list[Piece]) -> ast.expr:
        """Return the text that pieces print, each value escaped."""
        escape = self.imported("markupsafe.escape")
        found: list[ast.expr] = []

        for output in _outputs(pieces):
            safe = self._safe.get(output.start, ())
            self.marked = []
            made = self._expressions.expression(output.expression.tree)
            found.append(made if safe else call(escape, made))

        return text(*found)

    def _call(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if isinstance(head, nodes.CallBlock):
            made = self._expressions.expression(head.call)
            self._evaluate(body, branch.said.line, made)

            for name in head.args:
                # What a macro hands to its caller is not followed.
                value = ast.Name("$handed", ast.Load())
                self._assign(body, branch.said.line, _target(name), value)

    def _do(self, body: list[ast.stmt], branch: Branch) -> None:
        if isinstance(branch.head, nodes.ExprStmt):
            made = self._expressions.expression(branch.head.node)
            self._evaluate(body, branch.said.line, made)

    def _extends(self, body: list[ast.stmt], branch: Branch) -> None:
        self._around.append(branch)

    def _parts(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if not isinstance(head, nodes.Include | nodes.Extends):
            return

        for name in _names(head.template):
            for other in self._named(name, self._template)[:SAME]:
                func = self.project(Target(name_of(other.path), FUNCTION))
                made = ast.Call(func=func, args=[], keywords=self._context())
                self._evaluate(body, branch.said.line, made)

    def _part(self, body: list[ast.stmt], branch: Branch, node: nodes.Node) -> None:
        """Write a tag of the app's own that names a template and what it is given."""
        made = self._expressions.expression(node)
        given = made.keywords if isinstance(made, ast.Call) else []
        first = node.args[:1] if isinstance(node, nodes.Call) else []

        for other in self._templates(first[0]) if first else ():
            func = self.project(Target(name_of(other.path), FUNCTION))
            part = ast.Call(func=func, args=[], keywords=given)
            self._evaluate(body, branch.said.line, part)

    def _context(self) -> list[ast.keyword]:
        """Return what a template that is a part of this one is given: all there is."""
        own = [ast.keyword(n, ast.Name(n, ast.Load())) for n in self._scope.all()]
        return [*own, ast.keyword(None, ast.Name(CONTEXT, ast.Load()))]

    def _import(self, body: list[ast.stmt], branch: Branch) -> None:
        head = branch.head

        if isinstance(head, nodes.Import):
            self._members[head.target] = self._templates(head.template)
        elif isinstance(head, nodes.FromImport):
            found = self._templates(head.template)

            for name in head.names:
                macro, known = (name, name) if isinstance(name, str) else name
                value = self._macro_of(found, macro)

                if value is not None:
                    target = _stored_name(known)
                    self._assign(body, branch.said.line, target, value)

    def _templates(self, node: nodes.Node) -> list[Template]:
        return [
            other
            for name in _names(node)
            for other in self._named(name, self._template)[:SAME]
        ]

    def _macro_of(self, found: list[Template], macro: str) -> ast.expr | None:
        for other in found:
            if any(
                s.name == "macro" and s.target == macro
                for s in other.reading.statements
            ):
                return self.project(Target(f"{name_of(other.path)}.{FUNCTION}", macro))

        return None

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

    # -- names

    def own(self, name: str) -> ast.expr | None:
        return ast.Name(name, ast.Load()) if self._scope.has(name) else None

    def member(self, name: str, attribute: str) -> ast.expr | None:
        if name not in self._members or self._scope.has(name):
            return None

        return self._macro_of(self._members[name], attribute)

    def given(self, name: str) -> ast.expr:
        context = ast.Name(CONTEXT, ast.Load())
        return ast.Subscript(context, ast.Constant(name), ast.Load())

    def imported(self, name: str) -> ast.expr:
        holder, _, last = name.rpartition(".")
        return self.project(Target(holder, last))

    def project(self, target: Target) -> ast.expr:
        key = target.holder, target.name
        known = self._imports.setdefault(key, f"${len(self._imports)}")
        made: ast.expr = ast.Name(known, ast.Load())

        for attribute in target.attributes:
            made = ast.Attribute(made, attribute, ast.Load())

        return made

    def _imported(self) -> list[ast.stmt]:
        return [
            self._place(1, ast.ImportFrom(holder, [ast.alias(name, known)], 0))
            for (holder, name), known in self._imports.items()
        ]

    # -- places

    def _evaluate(self, body: list[ast.stmt], line: int, value: ast.expr) -> None:
        """Write what is evaluated. By itself it would be a test that was passed."""
        self._assign(body, line, _stored_name("$printed"), value)

    def _assign(
        self, body: list[ast.stmt], line: int, target: ast.expr, value: ast.expr
    ) -> None:
        body.append(self._place(line, ast.Assign([target], value)))

    def _place(self, row: int, made: _StmtT) -> _StmtT:
        """Give a statement, and what it is made of, a line of its own."""
        self._rows.append(row)
        line = len(self._rows)
        column = 0

        for node in ast.walk(made):
            column += 1
            at = t.cast(ast.expr, node)
            at.lineno = at.end_lineno = line
            at.col_offset, at.end_col_offset = column, column + 1

        if isinstance(made, ast.Assign):
            made.value.end_col_offset = column + 1

        return made

    def _arguments(self, made: ast.FunctionDef) -> None:
        line = len(self._rows)

        for node in ast.walk(made.args):
            at = t.cast(ast.expr, node)
            at.lineno = at.end_lineno = line
            at.col_offset = at.end_col_offset = 0

    def _end(self, made: ast.stmt) -> None:
        """Have a statement end where what was written last does."""
        made.end_lineno = len(self._rows)
        made.end_col_offset = LIMIT


_StmtT = t.TypeVar("_StmtT", bound=ast.stmt)


def _function(name: str) -> ast.FunctionDef:
    arguments = ast.arguments([], [], None, [], [], None, [])
    return ast.FunctionDef(name, arguments, [], [], None, None)


def _stored_name(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())


def _target(node: nodes.Node) -> ast.expr:
    """Return what is assigned to."""
    if isinstance(node, nodes.Tuple):
        return ast.Tuple([_target(n) for n in node.items], ast.Store())

    if isinstance(node, nodes.NSRef):
        return ast.Attribute(ast.Name(node.name, ast.Load()), node.attr, ast.Store())

    return _stored_name(getattr(node, "name", "$unknown"))


def _stored(pieces: list[Piece]) -> Iterator[str]:
    """Yield the names that pieces assign, macros among them, those inside aside."""
    for piece in pieces:
        if isinstance(piece, Output):
            continue

        head = piece.head

        if isinstance(head, nodes.Macro):
            yield head.name
            continue

        if isinstance(head, nodes.FromImport):
            yield from (n if isinstance(n, str) else n[1] for n in head.names)
        elif isinstance(head, nodes.CallBlock):
            yield from (a.name for a in head.args)
        elif isinstance(head, nodes.For | nodes.Assign | nodes.AssignBlock):
            yield from _targets(head.target)
        elif isinstance(head, nodes.With):
            for target in head.targets:
                yield from _targets(target)

        yield from _stored(piece.body)
        yield from _stored(piece.other)


def _targets(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name

    for inner in node.find_all(nodes.Name):
        yield inner.name


def _macros(pieces: list[Piece]) -> set[str]:
    """Return the names of macros: nobody who renders a template gives it those."""
    return {
        piece.head.name
        for piece in pieces
        if isinstance(piece, Branch) and isinstance(piece.head, nodes.Macro)
    }


def _names(node: nodes.Node) -> Iterator[str]:
    """Yield the templates that an expression names, as far as it says."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value

    for constant in node.find_all(nodes.Const):
        if isinstance(constant.value, str):
            yield constant.value


def _outputs(pieces: list[Piece]) -> Iterator[Output]:
    for piece in pieces:
        if isinstance(piece, Output):
            yield piece
        else:
            yield from _outputs(piece.body)
            yield from _outputs(piece.other)
