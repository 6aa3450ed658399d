"""How a text is put together, and whether its beginning already says which host it names."""

from __future__ import annotations

import ast
import re
import string

#: What follows can no longer change the host: a scheme and a host with a slash, or a
#: path with its first part.
_SETTLED = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]+[/?#]|/[^/\\]|[?#]|[\w.-]+[/?#]", re.I
)

#: Stands for a piece of which nothing is known.
UNKNOWN = "\0"

_PERCENT = re.compile(
    r"%(?:\((?P<name>[^)]*)\))?[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?P<type>[a-zA-Z%])"
)


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
        return _percent(_text(node.left), node.right)

    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "format":
        assert isinstance(node.func, ast.Attribute)  # noqa: S101  # by its attr
        return _formatted(_text(node.func.value), node)

    return None


def _sides(node: ast.expr) -> list[str | ast.expr]:
    if isinstance(node, ast.BinOp | ast.JoinedStr):
        return text_pieces(node) or [node]

    return [_text(node) or node]


def _text(node: ast.AST) -> str:
    value = getattr(node, "value", "")
    return value if isinstance(node, ast.Constant) and isinstance(value, str) else ""


def _percent(pattern: str, right: ast.expr) -> list[str | ast.expr] | None:
    """Return the pieces of ``pattern % right``; what only takes a number is a ``0``."""
    if not pattern:
        return None

    positional = list(right.elts) if isinstance(right, ast.Tuple) else [right]
    named = _items(right) if isinstance(right, ast.Dict) else {}
    pieces: list[str | ast.expr] = []
    end = 0

    for match in _PERCENT.finditer(pattern):
        pieces.append(pattern[end : match.start()])
        end = match.end()

        if match["type"] == "%":
            pieces.append("%")
            continue

        # Of a mapping in a variable each hole takes a part.
        value = (
            named.get(match["name"], right)
            if match["name"]
            else (positional.pop(0) if positional else right)
        )
        pieces.append(value if match["type"] in "sra" else "0")

    return [*pieces, pattern[end:]]


def _items(node: ast.Dict) -> dict[str, ast.expr]:
    pairs = zip(node.keys, node.values, strict=True)
    return {_text(k): v for k, v in pairs if k is not None and _text(k)}


def _formatted(pattern: str, call: ast.Call) -> list[str | ast.expr] | None:
    """Return the pieces of ``pattern.format(...)``."""
    if not pattern:
        return None

    named = {k.arg: k.value for k in call.keywords if k.arg}
    pieces: list[str | ast.expr] = []
    automatic = 0

    try:
        parsed = list(string.Formatter().parse(pattern))
    except ValueError:
        return None

    for text, field, _, _ in parsed:
        pieces.append(text)

        if field is None:
            continue

        first = re.split(r"[.\[]", field)[0]
        number = int(first) if first.isdigit() else automatic
        automatic += not first

        if first and not first.isdigit():
            pieces.append(named.get(first, call))
        elif number < len(call.args):
            pieces.append(call.args[number])

    return pieces
