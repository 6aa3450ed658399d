"""Statements of which one of several blocks runs: ``if`` and ``match``."""

from __future__ import annotations

import ast

from ..change import key
from ..frame import DEPTH
from ..frame import Guard
from ..frame import How
from ..frame import Path
from .blocks import Blocks
from .state import passed
from .state import State

#: How many ways through an ``if`` are told apart.
WAYS = 32


class Branches(Blocks):
    """Reads ``if`` and ``match``."""

    def _if(self, node: ast.If, state: State) -> State | None:
        ends: list[State | None] = []
        starts: list[Guard | None] = []
        current: ast.If | None = node

        # A chain of ``elif`` is as deep as its author likes: no recursion.
        while current is not None:
            self._expression(current.test, state)
            truth = self._decided(current.test)
            chosen = None if truth is False else State(dict(state.env), state.guard)
            inside = chosen and passed(chosen, current.test, True)
            ends.append(self._block(current.body, inside))
            starts.append(inside and inside.guard)
            rest = current.orelse

            if truth is True:
                self._block(rest, None)
                break

            state = passed(state, current.test, False)

            if len(rest) == 1 and isinstance(rest[0], ast.If):
                current = rest[0]
            else:
                ends.append(self._block(rest, State(dict(state.env), state.guard)))
                starts.append(state.guard)
                current = None

        return self._joined(node, ends, starts)

    def _joined(
        self, node: ast.If, ends: list[State | None], starts: list[Guard | None]
    ) -> State | None:
        """Return what holds after an ``if``: one of the ways through it was taken."""
        merged = self._merged(ends)
        pairs = zip(ends, starts, strict=True)
        # That a test came out one way or the other says nothing.
        plain = all(end is not None and end.guard is start for end, start in pairs)
        ways = [end.guard for end in ends if end is not None]

        if merged is None or plain or not 1 < len(ways) <= WAYS:
            return merged

        self.frame.ways[node] = (ways, merged.guard)
        return State(merged.env, Guard(merged.guard, node, None))

    def _match(self, node: ast.Match, state: State) -> State | None:
        self._expression(node.subject, state)
        ends: list[State | None] = []
        always = False

        for case in node.cases:
            at = State(dict(state.env), state.guard)
            test = _case(node.subject, case.pattern)
            self._captures(case.pattern, node.subject, at)

            if test is not None:
                at = passed(at, test, True)

                if case.guard is None:
                    state = passed(state, test, False)

            if case.guard is not None:
                self._expression(case.guard, at)
                at = passed(at, case.guard, True)
            elif _takes_all(case.pattern):
                always = True

            ends.append(self._block(case.body, at))

        return self._merged(ends if always else [*ends, state])

    def _captures(
        self, pattern: ast.pattern, subject: ast.expr, state: State, path: Path = ()
    ) -> None:
        """Give the names of a pattern the parts of the subject that they stand for."""
        below: list[tuple[ast.pattern | None, Path]] = []
        name: str | None = None

        match pattern:
            case ast.MatchAs():
                name = pattern.name
                below = [(pattern.pattern, path)]
            case ast.MatchStar():
                name = pattern.name
            case ast.MatchOr():
                below = [(p, path) for p in pattern.patterns]
            case ast.MatchSequence():
                below = _sequence(pattern, path)
            case ast.MatchMapping():
                name = pattern.rest
                keys = [key(k) for k in pattern.keys]
                below = [
                    (p, (*path, k)) for k, p in zip(keys, pattern.patterns, strict=True)
                ]
            case ast.MatchClass():
                self._expression(pattern.cls, state)
                named = zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)
                below = [(p, (*path, f".{a}")) for a, p in named]
                # ``str(x)`` is the text itself; of others the order is not known.
                below += [(p, path) for p in pattern.patterns]
            case ast.MatchValue():
                self._expression(pattern.value, state)

        if name is not None:
            state.env[name] = self._define(
                How.VALUE, name, pattern, state.guard, subject, path[:DEPTH]
            )

        for inner, inner_path in below:
            if inner is not None:
                self._captures(inner, subject, state, inner_path)


def _sequence(
    pattern: ast.MatchSequence, path: Path
) -> list[tuple[ast.pattern | None, Path]]:
    found: list[tuple[ast.pattern | None, Path]] = []
    known = True

    for place, inner in enumerate(pattern.patterns):
        if isinstance(inner, ast.MatchStar):
            known = False
            found.append((inner, path))
        else:
            number = place if known else place - len(pattern.patterns)
            found.append((inner, (*path, f"[{number}]")))

    return found


def _case(subject: ast.expr, pattern: ast.pattern) -> ast.expr | None:
    """Return the test that a pattern makes, where it compares with constants."""
    values = pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]

    if not all(isinstance(p, ast.MatchValue | ast.MatchSingleton) for p in values):
        return None

    constants = [
        p.value if isinstance(p, ast.MatchValue) else ast.Constant(p.value)  # type: ignore[attr-defined]
        for p in values
    ]
    listed = ast.Tuple(elts=constants, ctx=ast.Load())
    return ast.Compare(left=subject, ops=[ast.In()], comparators=[listed])


def _takes_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
