"""What names hold at one place of a function, and what a function cannot tell of itself."""

from __future__ import annotations

import ast
import typing as t

from ..frame import Definition
from ..frame import Guard
from ..frame import Parameter

Env = dict[str, Definition]


class State(t.NamedTuple):
    """What names hold at a place, and which tests were passed on the way there."""

    env: Env
    guard: Guard | None


class Around(t.Protocol):
    """What a function cannot tell of itself: what the names around it stand for."""

    def leaves(self, call: ast.Call) -> bool:
        """Say whether a call never comes back."""

    def constant(self, node: ast.expr) -> t.Any:
        """Return the constant that a name outside of the function is.

        :raises Unknown: If it is none.
        """

    def changed(self, call: ast.Call) -> t.Iterable[tuple[ast.Name, Parameter]]:
        """Return the arguments that a function of the project changes."""


def passed(state: State, test: ast.expr, truth: bool) -> State:
    """Return the state after a test that came out like this."""
    return State(state.env, Guard(state.guard, test, truth))
