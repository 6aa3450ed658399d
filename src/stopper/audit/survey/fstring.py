"""f-strings as calls, for a parser that does not know them, and back again."""

from __future__ import annotations

import ast
import dataclasses
import re
import typing as t

from .mark import unused

NodeT = t.TypeVar("NodeT")

TEXT = re.compile(
    r"""
    \{\{ | \}\} | [{}]
    | \\N\{[^{}\n]*\} | \\[^{}] | \\
    | [^\\{}'"\n]+ | \n | ["']
    """,
    re.VERBOSE | re.DOTALL,
)

_ESCAPE = re.compile(
    r"\\(?:\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}"
    r"|N\{[^{}\n]*\}|[\\'\"abfnrtv])"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """The names of the calls, which stand nowhere in the text itself."""

    joined: str
    template: str
    field: str

    @classmethod
    def absent_from(cls, text: str) -> Marks:
        """Return names that ``text`` does not hold."""
        stem = unused(text, "f")
        return cls(f"{stem}j", f"{stem}t", f"{stem}v")


def text_value(pieces: list[str], *, raw: bool) -> str:
    """Return what the literal text of an f-string means."""
    text = "".join(piece[0] if piece in ("{{", "}}") else piece for piece in pieces)
    return text if raw else _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    if match[0] == "\\\n":
        return ""
    try:
        return str(ast.literal_eval(f'"{match[0]}"'))
    except (ValueError, SyntaxError):
        return match[0]


def merged(node: NodeT, marks: Marks) -> NodeT:
    """Return the f-string that a call stands for, any other node as it is."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return node
    name = node.func.id
    if name == marks.joined:
        found: ast.AST = ast.JoinedStr(values=_values(node, marks))
    elif name == marks.template:
        found = _template(node, marks)
    elif name == marks.field:
        found = _field(node)
    else:
        return node
    return t.cast(NodeT, ast.copy_location(found, node))


def _values(node: ast.Call, marks: Marks) -> list[ast.expr]:
    """Return the parts of an f-string, neighbouring texts as one."""
    values: list[ast.expr] = []
    for part in node.args:
        last = values[-1] if values else None
        if not isinstance(part, ast.Constant):
            values.append(merged(part, marks))
        elif isinstance(last, ast.Constant):
            last.value = str(last.value) + str(part.value)
            last.end_lineno, last.end_col_offset = part.end_lineno, part.end_col_offset
        elif part.value != "":
            values.append(part)
    return values


def _field(node: ast.Call) -> ast.FormattedValue:
    value, conversion, *spec = node.args
    number = ast.literal_eval(conversion)
    return ast.FormattedValue(value, number, spec[0] if spec else None)


def _template(node: ast.Call, marks: Marks) -> ast.Call:
    """Return a t-string (PEP 750) as the call that makes one: it is no text."""
    library = ast.Attribute(ast.Name("string", ast.Load()), "templatelib", ast.Load())
    function = ast.Attribute(library, "Template", ast.Load())
    for part in (function, library, library.value):
        ast.copy_location(part, node)
    return ast.Call(function, _values(node, marks), [])
