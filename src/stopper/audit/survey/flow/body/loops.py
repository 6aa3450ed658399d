"""Loops: what names hold in a turn may come from the turn before."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Sequence

from ...module import Module
from ...nodes import walk
from ..change import CHANGES
from ..change import root
from ..frame import Body
from ..frame import Definition
from ..frame import Guard
from ..frame import How
from .blocks import Blocks
from .state import Around
from .state import Env
from .state import passed
from .state import State


class _Loop(t.NamedTuple):
    breaks: list[State]
    continues: list[State]


class Loops(Blocks):
    """Reads loops, and what leaves them."""

    def __init__(self, module: Module, node: Body, around: Around) -> None:
        super().__init__(module, node, around)
        self._loops: list[_Loop] = []

    def _while(self, node: ast.While, state: State) -> State | None:
        head, merges = self._head(state, node)
        self._expression(node.test, head)
        loop = _Loop([], [])
        self._loops.append(loop)
        inside = State(dict(head.env), head.guard)
        end = self._block(node.body, passed(inside, node.test, True))
        self._loops.pop()
        self._back(merges, [end, *loop.continues])
        forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
        after: State | None = None

        if not forever:
            after = passed(State(dict(head.env), head.guard), node.test, False)
            after = self._block(node.orelse, after)

        return self._merged([after, *loop.breaks])

    def _for(self, node: ast.For | ast.AsyncFor, state: State) -> State | None:
        self._expression(node.iter, state)
        head, merges = self._head(state, node)
        loop = _Loop([], [])
        self._loops.append(loop)
        inside = State(dict(head.env), head.guard)
        self._targets(node.target, inside)
        self._bind(node.target, node.iter, inside, (), How.ELEMENT)
        end = self._block(node.body, inside)
        self._loops.pop()
        ways = [way for way in (end, *loop.continues) if way is not None]
        self._back(merges, ways)
        guard = head.guard

        if not loop.breaks and any(w.guard is not guard for w in ways):
            self.frame.rounds[node] = [(w.env, w.guard, guard) for w in ways]
            guard = Guard(guard, node, None)

        after = self._block(node.orelse, State(dict(head.env), guard))
        return self._merged([after, *loop.breaks])

    def _head(self, state: State, loop: ast.stmt) -> tuple[State, Env]:
        """Return what names hold at the beginning of a loop's turn, and what changes."""
        env: Env = dict(state.env)
        merges: Env = {}
        bound = _bound_in(loop)
        roots = {env[name].root for name in bound if name in env}

        for name, before in state.env.items():
            if name not in bound and before.root not in roots:
                continue

            merge = Definition(How.MERGE, name, None, self.frame, guard=state.guard)
            merge.inputs.append((before, state.guard))
            merge.root = before.root
            env[name] = merges[name] = merge

        return State(env, state.guard), merges

    def _back(self, merges: Env, ends: Sequence[State | None]) -> None:
        for end in ends:
            if end is None:
                continue

            for name, merge in merges.items():
                after = end.env.get(name)

                if after is not None and after is not merge:
                    merge.inputs.append((after, end.guard))

    def _break(self, node: ast.Break, state: State) -> None:
        if self._loops:
            self._loops[-1].breaks.append(state)

    def _continue(self, node: ast.Continue, state: State) -> None:
        if self._loops:
            self._loops[-1].continues.append(state)


def _bound_in(loop: ast.stmt) -> set[str]:
    """Return the names that a loop binds or changes."""
    found: set[str] = set()

    for node in walk(loop):
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                found.add(node.id)
        elif isinstance(node, ast.Attribute | ast.Subscript):
            puts = isinstance(node, ast.Attribute) and node.attr in CHANGES

            if puts or isinstance(node.ctx, ast.Store):
                found |= {root(node) or ""}

    return found
