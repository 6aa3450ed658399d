"""What every name of an expression holds where it is read."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Callable

from ...nodes import children
from ..change import CHANGES
from ..change import changes
from ..decided import constant_of
from ..frame import Given
from ..frame import How
from .assignments import Assignments
from .state import passed
from .state import State

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Expressions(Assignments):
    """Reads expressions in the order in which they are evaluated."""

    def _expression(self, root: ast.expr | None, state: State) -> None:
        """Note what every name of an expression holds where it is read."""
        if root is None:
            return

        stack: list[tuple[t.Any, State]] = [(root, state)]

        while stack:
            node, state = stack.pop()

            if isinstance(node, _After):
                node.run(state)
                continue

            kind = type(node)

            if kind is ast.Name:
                self._read(node, state)
            elif kind is ast.Constant:
                continue
            elif kind is ast.BoolOp:
                self._chain(node, state, stack)
            elif kind is ast.IfExp:
                choose = _After(lambda s, n=node: self._chosen(n, s))
                stack.append((choose, state))
                stack.append((node.test, state))
            elif kind in _COMPREHENSIONS:
                self._comprehension(node, state, stack)
            elif kind is ast.NamedExpr:
                bind = _After(lambda s, n=node: self._bind(n.target, n.value, s))
                stack += ((bind, state), (node.value, state))
            elif kind is ast.Call:
                self._call(node, state, stack)
            elif kind is ast.Lambda:
                stack.extend((d, state) for d in node.args.defaults)
            elif kind is ast.Yield:
                if node.value is not None:
                    self.frame.given.append(Given(node.value, state.guard, True))
                    stack.append((node.value, state))
            elif kind is ast.YieldFrom:
                self.frame.given.append(Given(node.value, state.guard, False))
                stack.append((node.value, state))
            else:
                below = [
                    child
                    for child in children(node)
                    if isinstance(child, ast.expr | ast.keyword | ast.Slice)
                ]
                stack.extend((child, state) for child in reversed(below))

    def _chosen(self, node: ast.IfExp, state: State) -> None:
        truth = self._decided(node.test)

        if truth is not False:
            self._expression(node.body, passed(state, node.test, True))

        if truth is not True:
            self._expression(node.orelse, passed(state, node.test, False))

    def _read(self, node: ast.Name, state: State) -> None:
        known = state.env.get(node.id)

        if known is None:
            known = self._outer(node.id, node)

        self.frame.uses[node] = known

        if state.guard is not None:
            self.frame.guards[node] = state.guard

    def _chain(
        self, node: ast.BoolOp, state: State, stack: list[tuple[t.Any, State]]
    ) -> None:
        truth = isinstance(node.op, ast.And)
        value, rest = node.values[0], node.values[1:]
        follow = _After(lambda s, n=value, r=rest, t=truth: self._follow(n, r, t, s))
        stack += ((follow, state), (value, state))

    def _follow(
        self, value: ast.expr, rest: list[ast.expr], truth: bool, state: State
    ) -> None:
        """Read what comes after the first operand, as far as it is asked for."""
        for operand in rest:
            if self._decided(value) is (not truth):
                return

            state = passed(state, value, truth)
            self._expression(operand, state)
            value = operand

    def _call(
        self, node: ast.Call, state: State, stack: list[tuple[t.Any, State]]
    ) -> None:
        if state.guard is not None:
            self.frame.guards[node] = state.guard

        func = node.func
        method = func.attr if isinstance(func, ast.Attribute) else ""

        if method in CHANGES or self._changing(func):
            stack.append((_After(lambda s, n=node: self._changes(n, s)), state))

        if any(isinstance(a, ast.Name) for a in node.args):
            stack.append((_After(lambda s, n=node: self._handed(n, s)), state))

        stack.extend((k.value, state) for k in reversed(node.keywords))
        stack.extend((a, state) for a in reversed(node.args))
        stack.append((func, state))

    def _changing(self, func: ast.expr) -> bool:
        """Say whether a name stands for what changes an object."""
        if not isinstance(func, ast.Name):
            return False

        # It was not read yet: what it is, is seen then.
        return func.id == "setattr" or func.id in self._methods

    def _changes(self, node: ast.Call, state: State) -> None:
        func = node.func
        known = self.frame.uses.get(func) if isinstance(func, ast.Name) else None
        method = constant_of(known)

        if isinstance(method, ast.Attribute):
            # ``put = items.append``
            node = ast.Call(method, node.args, node.keywords)

        for change in changes(node):
            self._change(change.target, change.value, state, change.path, change)

    def _handed(self, node: ast.Call, state: State) -> None:
        """Note that a function may have changed what it was given."""
        for argument, parameter in self._around.changed(node):
            known = state.env.get(argument.id)

            if known is None:
                continue

            made = self._define(
                How.PASSED, argument.id, argument, state.guard, t.cast(t.Any, node)
            )
            made.previous = known
            made.root = known.root
            made.parameter = parameter
            state.env[argument.id] = made

            for name, other in state.env.items():
                if other.root is known.root:
                    state.env[name] = made

    def _comprehension(
        self, node: t.Any, state: State, stack: list[tuple[t.Any, State]]
    ) -> None:
        inner = State(dict(state.env), state.guard)

        for generator in node.generators:
            # Of nested ones each sees the names of those before it.
            self._expression(generator.iter, inner)
            self._targets(generator.target, inner)
            self._bind(generator.target, generator.iter, inner, (), How.ELEMENT)

            for test in generator.ifs:
                self._expression(test, inner)
                inner = passed(inner, test, True)

        parts = (
            (node.value, node.key) if isinstance(node, ast.DictComp) else (node.elt,)
        )
        stack.extend((part, inner) for part in parts)

    def _targets(self, target: ast.expr, state: State) -> None:
        # ``a[f(x)] = y`` reads what stands in it.
        if isinstance(target, ast.Attribute):
            self._expression(target.value, state)
        elif isinstance(target, ast.Subscript):
            self._expression(target.value, state)
            self._expression(target.slice, state)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._targets(element, state)


class _After:
    """Something to do once what stands before it was read."""

    def __init__(self, run: Callable[..., None]) -> None:
        self.run = run
