"""How a text is put together, and whether its beginning already says which host it names."""

from __future__ import annotations

import ast
import re

#: What follows can no longer change the host: a scheme and a host with a slash, or a
#: path with its first part.
_SETTLED = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]+[/?#]|/[^/\\]|[?#]|[\w.-]+[/?#]", re.I
)

#: Stands for a piece of which nothing is known.
UNKNOWN = "\0"

_HOLE = re.compile(r"%[sdr]|\{[^{}]*\}")


def settled(text: str) -> bool:
    """Say whether nothing that comes after ``text`` decides which host a URL names."""
    if not text.startswith(UNKNOWN):
        return bool(_SETTLED.match(text))

    # What begins unknown is taken to hold the host, unless it turns out a scheme.
    rest = text.removeprefix(UNKNOWN)
    return not rest.startswith(":") or bool(re.match(r"://[^/?#]+[/?#]", rest))


def text_pieces(node: ast.AST) -> list[str | ast.expr] | None:
    """Return the pieces of a text in order, ``None`` if it is not visibly built."""
    if isinstance(node, ast.JoinedStr):
        return [
            p.value if isinstance(p, ast.FormattedValue) else _text(p)
            for p in node.values
        ]

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_sides(node.left), *_sides(node.right)]

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        return _filled(node.left, values)

    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
        assert isinstance(node.func, ast.Attribute)  # noqa: S101  # by its attr
        return _filled(node.func.value, [*node.args, *(k.value for k in node.keywords)])

    return None


def _sides(node: ast.expr) -> list[str | ast.expr]:
    if isinstance(node, ast.BinOp | ast.JoinedStr):
        return text_pieces(node) or [node]

    return [_text(node) or node]


def _text(node: ast.AST) -> str:
    value = getattr(node, "value", "")
    return value if isinstance(node, ast.Constant) and isinstance(value, str) else ""


def _filled(pattern: ast.expr, values: list[ast.expr]) -> list[str | ast.expr] | None:
    """Return the pieces of a pattern with its holes filled, in order."""
    text = _text(pattern)

    if not text:
        return None

    pieces: list[str | ast.expr] = []
    parts = _HOLE.split(text)

    for number, part in enumerate(parts):
        pieces.append(part)

        if number < min(len(parts) - 1, len(values)):
            pieces.append(values[number])

    return pieces
