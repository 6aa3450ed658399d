"""Follows what a text is put together from."""

from __future__ import annotations

import ast
import re
import typing as t

from ...pieces import settled
from ...pieces import text_pieces
from ...pieces import UNKNOWN
from .descent import Descent
from .part import shifted
from .trail import Spot
from .trail import Trail

#: Kinds of harm that the beginning of a text decides.
HEADS = frozenset({"redirect", "url", "scheme"})

#: Kinds of harm that only the end of a line does.
LINES = frozenset({"header", "log", "mail"})

_NUMBERS = frozenset("bcdeEfFgGnoxX%")

#: What makes a longer text, a path or a set.
_TEXTUAL = (ast.Add, ast.Mod, ast.Div, ast.BitOr, ast.Mult)

#: Methods that give parts of a text.
_SPLITS = frozenset(
    {
        *("split", "rsplit", "partition", "rpartition", "splitlines"),
        *("splitext", "match", "groups"),
    }
)

#: ``{x!r}`` and ``{x!a}``, by their letters.
_QUOTES = frozenset({114, 97})

#: How many steps are looked back at.
_BACK = 200


class Texts:
    """Texts: formatted, added, and addresses of which the host counts."""

    def __init__(self, trail: Trail, descent: Descent) -> None:
        self._trail = trail
        self._program = trail.program
        self._values = trail.program.project.values
        self._kind = trail.kind
        self._head = trail.kind in HEADS
        self._descent = descent

    def text(self, spot: Spot, node: ast.expr) -> None:
        """Go on to the pieces of a text; of an address, to those that decide its host."""
        pieces = text_pieces(node) if self._head else None

        # A text is no mapping with operators in it.
        if self._kind == "nosql" and _is_text(node) and not read_later(spot):
            return

        if pieces is not None:
            self.pieces(spot, pieces)
        elif isinstance(node, ast.JoinedStr):
            for value in node.values:
                if isinstance(value, ast.FormattedValue):
                    self._trail.go(spot, value, ())
        elif isinstance(node, ast.BinOp):
            self._operands(spot, node)

    def formatted(self, spot: Spot, node: ast.FormattedValue) -> None:
        """Go on to what stands in braces, unless that makes it harmless."""
        quoted = self._kind in LINES and node.conversion in _QUOTES

        number = self._trail.made is None and _numeric_format(node.format_spec)

        if not quoted and not number:
            self._trail.go(spot, node.value)

    def _operands(self, spot: Spot, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
            self._percent(spot, node)
            return

        # Of numbers, that is: what a stranger sends is text.
        any_ = self._trail.made is not None

        if any_ or isinstance(node.op, _TEXTUAL):
            # ``[a] + [b]`` keeps what is in it apart, and so does ``one | other``.
            path = spot.path if isinstance(node.op, ast.Add | ast.BitOr) else ()
            self._overloaded(spot, node)
            self._trail.go(spot, node.left, path)
            self._trail.go(spot, node.right, shifted(path))

    def _overloaded(self, spot: Spot, node: ast.BinOp) -> None:
        """Go into ``__add__`` of the project's own classes."""
        name = f"__{type(node.op).__name__.lower()}__"

        if self._program.has_method(name):
            self._descent.dunder(spot, node.left, name, node, [node.right])

    def _percent(self, spot: Spot, node: ast.BinOp) -> None:
        pieces = text_pieces(self._unquoted(node) if self._kind in LINES else node)

        if pieces is None:
            self._trail.go(spot, node.right, ())
            return

        for piece in pieces:
            if isinstance(piece, ast.expr):
                self._trail.go(spot, piece, ())

    def _unquoted(self, node: ast.BinOp) -> ast.BinOp:
        """Return ``"%r" % x`` as what takes only a number: it writes line ends out."""
        text = t.cast(ast.Constant, node.left).value
        plain = re.sub(r"%[ra]", "%d", text) if isinstance(text, str) else text
        return ast.BinOp(ast.Constant(plain), node.op, node.right)

    def pieces(self, spot: Spot, pieces: list[str | ast.expr]) -> None:
        """Go on to the pieces of an address, up to where its host is settled."""
        text = ""

        for piece in pieces:
            if isinstance(piece, str):
                text += piece
                continue

            constant = self._values.constant(spot.frame.module, piece)

            if constant is not None:
                text += str(constant.value)
                continue

            if settled(text):
                return

            self._trail.go(spot, piece, ())
            text += UNKNOWN


def splits(node: ast.expr) -> bool:
    """Say whether an item of this is a part of a text: ``x.split("/")[0]``."""
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _SPLITS


def without_ends(node: ast.Call, method: str) -> bool:
    """Say whether a method takes line ends out of a text."""
    if method != "replace":
        return method == "splitlines"

    first = node.args[0] if node.args else None
    text = first.value if isinstance(first, ast.Constant) else ""
    return isinstance(text, str) and "\n" in text


def _numeric_format(spec: ast.expr | None) -> bool:
    if not isinstance(spec, ast.JoinedStr) or len(spec.values) != 1:
        return False

    value = spec.values[0]
    text = value.value if isinstance(value, ast.Constant) else ""
    return isinstance(text, str) and text[-1:] in _NUMBERS


def _is_text(node: ast.expr) -> bool:
    """Say whether what is put together is text, and no list."""
    pieces = text_pieces(node) or ()
    return isinstance(node, ast.JoinedStr) or any(isinstance(p, str) for p in pieces)


def read_later(spot: Spot) -> bool:
    """Say whether a text is read as JSON on the way that is gone back."""
    at = spot.before

    for _ in range(_BACK):
        if at is None:
            return False

        func = at.thing.func if isinstance(at.thing, ast.Call) else None

        if "load" in getattr(func, "attr", getattr(func, "id", "")):
            return True

        at = at.before

    return False
