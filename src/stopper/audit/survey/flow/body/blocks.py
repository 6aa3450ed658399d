"""Statements one after another, and what names hold where several ways meet."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from ..frame import common
from ..frame import Definition
from ..frame import Guard
from ..frame import How
from .expressions import Expressions
from .state import Env
from .state import State

#: Functions that never come back.
_LEAVES = frozenset({"abort", "exit", "_exit", "flask_abort"})

#: Reads a statement, and returns the state after it: ``None`` if nothing comes after.
Handler = Callable[..., State | None]


class Blocks(Expressions):
    """Reads blocks of statements."""

    #: What reads each kind of statement.
    _handlers: t.ClassVar[dict[type[ast.stmt], Handler]] = {}

    def _block(self, body: Iterable[ast.stmt], state: State | None) -> State | None:
        for statement in body:
            if state is None:
                self.frame.dead.append(statement)
                continue

            state = self._statement(statement, state)

        return state

    def _statement(self, node: ast.stmt, state: State) -> State | None:
        kind = type(node)

        if kind is ast.Expr:
            return self._alone(node.value, state)  # type: ignore[attr-defined]

        if kind is ast.Assign:
            self._expression(node.value, state)  # type: ignore[attr-defined]

            for target in node.targets:  # type: ignore[attr-defined]
                self._targets(target, state)
                self._bind(target, node.value, state)  # type: ignore[attr-defined]

            return state

        handler = self._handlers.get(kind)
        return handler(self, node, state) if handler else state

    def _alone(self, value: ast.expr, state: State) -> State | None:
        self._expression(value, state)
        inner = value.value if isinstance(value, ast.Await) else value

        if not isinstance(inner, ast.Call):
            return state

        func = inner.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")

        if name in _LEAVES or self._around.leaves(inner):
            return None

        # It came back, so it did not object.
        if inner.args or inner.keywords:
            return State(state.env, Guard(state.guard, inner, None))

        return state

    def _merged(self, states: Iterable[State | None]) -> State | None:
        """Return what names hold where several ways meet."""
        ways = [s for s in states if s is not None]

        if len(ways) < 2:
            return ways[0] if ways else None

        guard = ways[0].guard

        for way in ways[1:]:
            guard = common(guard, way.guard)

        env: Env = {}

        for name in dict.fromkeys(n for way in ways for n in way.env):
            found = [(w.env[name], w.guard) for w in ways if name in w.env]

            if len(found) == len(ways) and all(d is found[0][0] for d, _ in found):
                env[name] = found[0][0]
                continue

            merge = Definition(How.MERGE, name, None, self.frame, guard=guard)
            merge.inputs = found
            first = found[0][0].root

            if all(d.root is first for d, _ in found):
                merge.root = first

            env[name] = merge

        return State(env, guard)
