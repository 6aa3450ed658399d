"""Blocks that may be broken off anywhere: ``try``, and ``with`` where it suppresses."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ...nodes import walk
from ..frame import Definition
from ..frame import How
from .blocks import Blocks
from .state import Env
from .state import State


class Tries(Blocks):
    """Reads ``try`` and ``with``."""

    def _with(self, node: ast.With | ast.AsyncWith, state: State) -> State | None:
        before = State(dict(state.env), state.guard)
        made: list[Definition] = []

        for item in node.items:
            self._expression(item.context_expr, state)

            if item.optional_vars is not None:
                self._targets(item.optional_vars, state)
                self._bind(
                    item.optional_vars, item.context_expr, state, (), How.CONTEXT
                )

        if not any(_suppresses(item.context_expr) for item in node.items):
            return self._block(node.body, state)

        self._trying.append(made)
        end = self._block(node.body, state)
        self._trying.pop()
        return self._merged([end, State(self._broken_off(before, made), before.guard)])

    def _try(self, node: ast.Try | ast.TryStar, state: State) -> State | None:
        # What cannot fail has happened whenever something fails.
        sure = next((n for n, x in enumerate(node.body) if _fails(x)), len(node.body))
        self._block(node.body[:sure], state)
        before = State(dict(state.env), state.guard)
        made: list[Definition] = []
        self._trying.append(made)
        end = self._block(node.body[sure:], state)
        self._trying.pop()
        ends: list[State | None] = [self._block(node.orelse, end)]

        for handler in node.handlers:
            at = State(self._broken_off(before, made), before.guard)
            self._expression(handler.type, at)

            if handler.name:
                caught = self._define(How.CAUGHT, handler.name, handler, at.guard)
                caught.body = node.body
                at.env[handler.name] = caught

            ends.append(self._block(handler.body, at))

        after = self._merged(ends)

        if not node.finalbody:
            return after

        broken = State(self._broken_off(before, made), before.guard)
        names = {n.id for x in node.finalbody for n in walk(x) if type(n) is ast.Name}
        seen = after

        if after is None or any(d.name in names for d in made):
            seen = self._merged([after, broken])

        final = self._block(node.finalbody, seen)
        return final if after is not None else None

    def _broken_off(self, before: State, made: Sequence[Definition]) -> Env:
        """Return what names may hold where what comes after was broken off."""
        env = dict(before.env)
        merges: Env = {}

        for definition in made:
            name = definition.name
            merge = merges.get(name)

            if merge is None:
                merge = Definition(
                    How.MERGE, name, None, self.frame, guard=before.guard
                )

                if name in env:
                    merge.inputs.append((env[name], before.guard))

                merges[name] = env[name] = merge

            merge.inputs.append((definition, definition.guard))

        return env


def _suppresses(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return getattr(func, "attr", getattr(func, "id", "")) == "suppress"


def _fails(node: ast.stmt) -> bool:
    """Say whether a statement may raise."""
    if not isinstance(node, ast.Assign):
        return not isinstance(node, ast.Pass)

    plain = all(isinstance(x, ast.Name) for x in node.targets)
    return not (plain and isinstance(node.value, ast.Name | ast.Constant))
