"""Follows the text that a regular expression is used on."""

from __future__ import annotations

import ast

from .. import pattern
from ..compiled import regex_of
from .descent import Descent
from .trail import Spot
from .trail import Trail

_FUNCTIONS = (
    "match",
    "search",
    "fullmatch",
    "findall",
    "finditer",
    "split",
    "sub",
    "subn",
)

_REGEX = frozenset(f"re.{name}" for name in _FUNCTIONS)

#: Methods of what is compiled: they are given all but the expression.
_METHODS = frozenset(f"re.compile().{name}" for name in _FUNCTIONS)


class Regexes:
    """What a regular expression finds in a text, or leaves of it."""

    def __init__(self, trail: Trail, descent: Descent) -> None:
        self._trail = trail
        self._program = trail.program
        self._kind = trail.kind
        self._descent = descent

    def used(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the text that a regular expression is used on; say if one is."""
        func = node.func

        if name in _METHODS and isinstance(func, ast.Attribute):
            args = [func.value, *node.args]
        elif name in _REGEX:
            args = node.args
        else:
            return False

        keywords = {k.arg: k.value for k in node.keywords}
        replaces = name.endswith((".sub", ".subn"))
        place = 2 if replaces else 1
        text = args[place] if len(args) > place else keywords.get("string")

        if text is None:
            return False

        if not replaces:
            self._trail.go(spot, text, ())
        elif len(args) > 1:
            self._replaced(spot, node, args[1], len(node.args) - len(args) + 2)

            if not self._removes(spot, args[0]):
                self._trail.go(spot, text, ())

        return True

    def _replaced(
        self, spot: Spot, node: ast.Call, replacement: ast.expr, shift: int
    ) -> None:
        """Go on to what a text or a function puts in the place of what is found."""
        for callee in self._program.functions.of(spot.frame, replacement, spot.calls):
            inner = callee._replace(given=(), shift=shift)
            self._descent.enter(spot, node, inner, path=())

        self._trail.go(spot, replacement, ())

    def _removes(self, spot: Spot, regex: ast.expr) -> bool:
        """Say whether a pattern takes out all that does harm."""
        text = regex_of(self._program.project, spot.frame.module, regex)
        return text is not None and pattern.removes(text, self._kind)
