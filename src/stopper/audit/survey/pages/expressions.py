"""Jinja's expressions, written in Python."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterable

from jinja2 import nodes

from .filters import call
from .filters import either
from .filters import filtered
from .filters import text
from .known import Known
from .known import Target
from .words import ALSO_GIVEN
from .words import BINARY
from .words import COMPARES
from .words import cycles
from .words import FLASK
from .words import is_number
from .words import is_token
from .words import OPERATORS
from .words import OWN
from .words import TRANSLATES


class Surroundings(t.Protocol):
    """What an expression's names are, where it stands."""

    known: Known
    #: What stood before each ``|safe`` so far.
    marked: list[ast.expr]

    def own(self, name: str) -> ast.expr | None:
        """Return what the template itself calls by this name, if anything."""

    def member(self, name: str, attribute: str) -> ast.expr | None:
        """Return the macro of a template that was imported by a name, if it is one."""

    def given(self, name: str) -> ast.expr:
        """Return what who renders the template gives it by this name."""

    def imported(self, name: str) -> ast.expr:
        """Return the expression that is a library's function."""

    def project(self, target: Target) -> ast.expr:
        """Return the expression that is something of the project's."""


class Expressions:
    """Writes what stands between the braces in Python."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def expression(self, node: nodes.Node | None) -> ast.expr:
        """Return an expression in Python. What has no value is an empty text."""
        made = self._made(node)
        return ast.Constant("") if made is None else made

    def all(self, found: Iterable[nodes.Node]) -> list[ast.expr]:
        """Return several expressions in Python."""
        return [self.expression(node) for node in found]

    def _made(self, node: nodes.Node | None) -> ast.expr | None:
        expression = self.expression

        match node:
            case nodes.Name():
                return self._name(node.name)
            case nodes.Const():
                return ast.Constant(node.value)
            case nodes.Getattr():
                return self._attribute(node)
            case nodes.Getitem():
                key = expression(node.arg)
                return ast.Subscript(expression(node.node), key, ast.Load())
            case nodes.Slice():
                lower, upper, step = node.start, node.stop, node.step
                return ast.Slice(self._made(lower), self._made(upper), self._made(step))
            case nodes.Call():
                return self._call(node)
            case nodes.Filter():
                return self._filter(node)
            case nodes.Test():
                return self._test(node)
            case nodes.Concat():
                return text(*self.all(node.nodes))
            case nodes.Or() | nodes.And():
                kind = ast.Or() if isinstance(node, nodes.Or) else ast.And()
                return ast.BoolOp(kind, self.all((node.left, node.right)))
            case nodes.BinExpr() if is_number(node):
                return call(self._around.imported("builtins.float"))
            case nodes.BinExpr() if type(node) in BINARY:
                left, right = self.all((node.left, node.right))
                return ast.BinOp(left, BINARY[type(node)](), right)
            case nodes.Not():
                return ast.UnaryOp(ast.Not(), expression(node.node))
            case nodes.Neg() | nodes.Pos():
                return ast.UnaryOp(ast.USub(), expression(node.node))
            case nodes.CondExpr():
                test, body = self.all((node.test, node.expr1))
                return ast.IfExp(test, body, expression(node.expr2))
            case nodes.Compare():
                operators = [OPERATORS[o.op]() for o in node.ops]
                others = self.all(o.expr for o in node.ops)
                return ast.Compare(
                    expression(node.expr), t.cast(t.Any, operators), others
                )
            case nodes.List():
                return ast.List(self.all(node.items), ast.Load())
            case nodes.Tuple():
                return ast.Tuple(self.all(node.items), ast.Load())
            case nodes.Dict():
                keys = t.cast(
                    "list[ast.expr | None]", self.all(p.key for p in node.items)
                )
                return ast.Dict(keys, self.all(p.value for p in node.items))
            case _:
                return None

    def _name(self, name: str) -> ast.expr:
        around = self._around
        own = around.own(name)

        if own is not None:
            return own

        flask = FLASK.get(name)

        if flask is not None and name not in ALSO_GIVEN:
            return around.imported(flask)

        if name in OWN:
            return ast.Constant("")

        ways = [around.given(name)]

        if flask is not None:
            ways.append(around.imported(flask))

        ways += self._provided(name)
        return either(*ways)

    def _provided(self, name: str) -> list[ast.expr]:
        """Return what the app's own code tells all templates by a name."""
        around = self._around
        found: list[ast.expr] = []

        for processor in around.known.processors.get(name, ())[:4]:
            given = call(around.project(processor))
            found.append(ast.Subscript(given, ast.Constant(name), ast.Load()))

        target = around.known.values.get(name)

        if target is not None:
            found.append(around.project(target))

        return found

    def _attribute(self, node: nodes.Getattr) -> ast.expr:
        inner = node.node

        if is_token(node):
            return call(self._around.imported(FLASK["csrf_token"]))

        if isinstance(inner, nodes.Name):
            if inner.name == "loop":
                return call(self._around.imported("builtins.len"))

            if inner.name == "self":
                return ast.Constant("")

            member = self._around.member(inner.name, node.attr)

            if member is not None:
                return member

        value = self.expression(inner)

        if isinstance(inner, nodes.Name) and inner.name == "session":
            return ast.Subscript(value, ast.Constant(node.attr), ast.Load())

        return ast.Attribute(value, node.attr, ast.Load())

    def _call(self, node: nodes.Call) -> ast.expr:
        if is_token(node.node):
            return call(self._around.imported(FLASK["csrf_token"]))

        args = self.all(node.args)
        named = self._named(node.kwargs)
        inner = node.node

        if isinstance(inner, nodes.Name) and self._around.own(inner.name) is None:
            if inner.name in TRANSLATES:
                escape = self._around.imported("markupsafe.escape")
                return text(*args, *(call(escape, v) for v in named.values()))

            if inner.name in OWN:
                return ast.Constant("")

        if cycles(inner):
            return either(*args) if args else ast.Constant("")

        keywords = [ast.keyword(name, value) for name, value in named.items()]

        if node.dyn_args is not None:
            args.append(ast.Starred(self.expression(node.dyn_args), ast.Load()))

        if node.dyn_kwargs is not None:
            keywords.append(ast.keyword(None, self.expression(node.dyn_kwargs)))

        func = self._called(inner)
        return ast.Call(func=func, args=args, keywords=keywords)

    def _named(self, given: Iterable[nodes.Node]) -> dict[str, ast.expr]:
        pairs = (k for k in given if isinstance(k, nodes.Keyword))
        return {k.key: self.expression(k.value) for k in pairs}

    def _called(self, node: nodes.Node) -> ast.expr:
        """Return a function; one of the project's own is called by its name alone."""
        # ``h.url_for``: whosever it is, it gives an address of the app's own.
        if isinstance(node, nodes.Getattr) and node.attr == "url_for":
            return self._around.imported(FLASK["url_for"])

        if isinstance(node, nodes.Name) and self._around.own(node.name) is None:
            name = node.name

            if name in FLASK:
                return self._around.imported(FLASK[name])

            target = self._around.known.values.get(name)

            if target is not None:
                return self._around.project(target)

        return self.expression(node)

    def _filter(self, node: nodes.Filter) -> ast.expr:
        value = self.expression(node.node)
        args = self.all(node.args)
        named = self._named(node.kwargs)
        around = self._around

        if node.name == "safe":
            around.marked.append(value)

        own = around.known.filters.get(node.name)

        if own is not None:
            made = call(around.project(own), value, *args)
            made.keywords = [ast.keyword(n, v) for n, v in named.items()]
            return made

        known = filtered(node.name, value, args, named, around.imported)

        if known is not None:
            return known

        # What nobody knows may give what it was given, or anything else.
        return call(ast.Name(f"${node.name}", ast.Load()), value, *args)

    def _test(self, node: nodes.Test) -> ast.expr:
        value = self.expression(node.node)
        kind = COMPARES.get(node.name)

        if kind is not None and node.args:
            return ast.Compare(value, [kind()], self.all(node.args[:1]))

        if node.name in {"none", "defined", "undefined"}:
            empty = ast.Is() if node.name != "defined" else ast.IsNot()
            return ast.Compare(value, [empty], [ast.Constant(None)])

        return call(self._around.imported("builtins.bool"), value)
