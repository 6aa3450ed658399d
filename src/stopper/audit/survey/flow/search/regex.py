"""Follows the text that a regular expression is used on."""

from __future__ import annotations

import ast

from .. import pattern
from .descent import Descent
from .trail import Spot
from .trail import Trail

_REGEX = frozenset(
    f"re.{name}"
    for name in ("match", "search", "fullmatch", "findall", "split", "sub", "subn")
)


class Regexes:
    """What a regular expression finds in a text, or leaves of it."""

    def __init__(self, trail: Trail, descent: Descent) -> None:
        self._trail = trail
        self._program = trail.program
        self._values = trail.program.project.values
        self._kind = trail.kind
        self._descent = descent

    def used(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the text that a regular expression is used on; say if one is."""
        args = node.args

        if name not in _REGEX or len(args) < 2:
            return False

        if name in {"re.sub", "re.subn"}:
            self._replaced(spot, node)
        else:
            self._trail.go(spot, args[1], ())

        return True

    def _replaced(self, spot: Spot, node: ast.Call) -> None:
        """Go on to what is left of a text, and to what a function puts in its place."""
        args = node.args

        for callee in self._program.functions.of(spot.frame, args[1], spot.calls):
            self._descent.enter(spot, node, callee._replace(given=(), shift=2), path=())

        self._trail.go(spot, args[1], ())

        for text in args[2:3]:
            if not self._removes(spot, args[0]):
                self._trail.go(spot, text, ())

    def _removes(self, spot: Spot, regex: ast.expr) -> bool:
        """Say whether a pattern takes out all that does harm."""
        value = self._values.constant(spot.frame.module, regex)
        text = value.value if value is not None else None
        return isinstance(text, str) and pattern.removes(text, self._kind)
