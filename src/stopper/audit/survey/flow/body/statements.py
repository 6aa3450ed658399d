"""Statements that stand alone: they have no others in them."""

from __future__ import annotations

import ast
import typing as t

from ...index import FUNCTIONS
from ..change import Change
from ..frame import Given
from ..frame import How
from .blocks import Blocks
from .state import passed
from .state import State


class Statements(Blocks):
    """Reads statements that have no blocks of the same function in them."""

    def _annotated(self, node: ast.AnnAssign, state: State) -> State:
        if node.value is not None:
            self._expression(node.value, state)
            self._targets(node.target, state)
            self._bind(node.target, node.value, state)

        return state

    def _augmented(self, node: ast.AugAssign, state: State) -> State:
        self._expression(node.value, state)
        target = node.target

        if isinstance(target, ast.Name):
            made = self._define(How.ADDED, target.id, target, state.guard, node.value)
            made.previous = state.env.get(target.id) or self._outer(target.id, target)
            state.env[target.id] = made
        else:
            self._targets(target, state)
            weak = Change(target, value=node.value, weak=True)
            self._change(target, node.value, state, (), weak)

        return state

    def _return(self, node: ast.Return, state: State) -> None:
        self._expression(node.value, state)

        if node.value is not None:
            self.frame.given.append(Given(node.value, state.guard))
        else:
            self.frame.silent = True

        self.frame.ends.append(state.guard)

    def _raise(self, node: ast.Raise, state: State) -> None:
        self._expression(node.exc, state)

        if node.exc is not None:
            self.frame.raised.append(Given(node.exc, state.guard))

    def _assert(self, node: ast.Assert, state: State) -> State:
        self._expression(node.test, state)
        return passed(state, node.test, True)

    def _delete(self, node: ast.Delete, state: State) -> State:
        for target in node.targets:
            if isinstance(target, ast.Name):
                state.env.pop(target.id, None)
            else:
                self._targets(target, state)
                shuffles = isinstance(target, ast.Subscript)
                gone = Change(target, weak=False, shuffles=shuffles)
                self._change(target, None, state, (), gone)

        return state

    def _definition(self, node: t.Any, state: State) -> State:
        for decorator in node.decorator_list:
            self._expression(decorator, state)

        if isinstance(node, FUNCTIONS):
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                self._expression(default, state)

        state.env[node.name] = self._define(How.OTHER, node.name, node, state.guard)
        return state

    def _import(self, node: ast.Import | ast.ImportFrom, state: State) -> State:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            # What it is, the project's names say.
            state.env.pop(name, None)

        return state
