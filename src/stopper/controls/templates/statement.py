"""What a statement says: which template it names, what it assigns."""

from __future__ import annotations

from ...catalogue.error import ReadError
from .expression import Expression
from .expression import parse
from .jinja import Tag
from .model import Statement

_TEMPLATES = frozenset({"include", "extends", "import", "from"})
_NAMED = frozenset({"block", "macro"})
#: The words that end the name of a template.
_AFTER = frozenset({"ignore", "with", "without", "import", "as"})


def statement(tag: Tag, line: int) -> Statement:
    """Return what the block tag ``tag`` says. An unknown one has its name alone."""
    code = tag.code.strip("+-").strip()
    name = tag.tokens[0][1] if tag.tokens else ""

    # ``{%- if`` begins with the sign, ``{% -1 %}`` is nothing of Jinja's.
    while name in ("+", "-") and len(tag.tokens) > 1:
        return statement(Tag(tag.kind, tag.start, tag.end, code, tag.tokens[1:]), line)

    rest = code[len(name) :] if code.startswith(name) else code
    target, expression = "", None

    if name in _TEMPLATES:
        target, expression = _template(tag)
    elif name in _NAMED and len(tag.tokens) > 1:
        target = tag.tokens[1][1]
    elif name == "set":
        target, expression = _assignment(tag, rest)

    return Statement(name, rest.strip(), line, tag.start, tag.end, target, expression)


def _template(tag: Tag) -> tuple[str, Expression | None]:
    words = []

    for kind, value in tag.tokens[1:]:
        if kind == "name" and value in _AFTER:
            break

        words.append((kind, value))

    if len(words) == 1 and words[0][0] == "string":
        return words[0][1][1:-1], None

    return "", _parsed(" ".join(value for _, value in words))


def _assignment(tag: Tag, rest: str) -> tuple[str, Expression | None]:
    """Return what is assigned, and the value; none if it is the text of a block."""
    depth = 0

    for kind, value in tag.tokens[1:]:
        if kind != "operator":
            continue

        depth += (value in "([{") - (value in ")]}")

        if value == "=" and depth == 0:
            names, _, code = rest.partition("=")
            return names.strip(), _parsed(code)

    return (tag.tokens[1][1] if len(tag.tokens) > 1 else ""), None


def _parsed(code: str) -> Expression | None:
    try:
        return parse(code.strip())
    except ReadError:
        return None
