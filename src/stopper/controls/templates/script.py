"""Where one stands in JavaScript: in code, a string, a template literal, a comment."""

from __future__ import annotations

import dataclasses
import enum
import re
import typing as t

from .model import Context


class Mode(enum.IntEnum):
    """The part of the language that the next character belongs to."""

    CODE = 0
    SINGLE = 1
    DOUBLE = 2
    TEMPLATE = 3
    LINE_COMMENT = 4
    COMMENT = 5
    REGEX = 6
    REGEX_CLASS = 7


#: Open ``${``: the depth of braces inside the innermost, and those around it. Linked,
#: so that a copy of the state costs the same however deep it is.
_Nest: t.TypeAlias = "tuple[int, _Nest] | None"


@dataclasses.dataclass(frozen=True, slots=True)
class Script:
    """A place in a script, known from all that stands before it.

    :param value: Whether the last thing was a value, so that ``/`` divides.
    :param tail: The last character of a comment, which may be half of its end.
    """

    mode: Mode = Mode.CODE
    nest: _Nest = None
    value: bool = False
    tail: str = ""

    @property
    def context(self) -> Context:
        """What an output at this place is a part of."""
        return _CONTEXTS.get(self.mode, Context.SCRIPT)

    def filled(self) -> Script:
        """Return the place after an output that was printed here."""
        return dataclasses.replace(self, value=True, tail="")


#: Before the first character.
START = Script()

_CONTEXTS = {
    Mode.SINGLE: Context.SCRIPT_STRING,
    Mode.DOUBLE: Context.SCRIPT_STRING,
    Mode.TEMPLATE: Context.SCRIPT_TEMPLATE,
    Mode.LINE_COMMENT: Context.SCRIPT_COMMENT,
    Mode.COMMENT: Context.SCRIPT_COMMENT,
}

_CODE = re.compile(r"""<!--|//|/\*|[\w$]+|\s+|[^\s\w$'"`/{}<]+|.""", re.S)
_PARTS = {
    # A line that goes on may end in two characters, of which the reader made a space
    # and a line feed.
    Mode.SINGLE: re.compile(r"[^'\\\n]+|\\(?: \n|.)?|.", re.S),
    Mode.DOUBLE: re.compile(r'[^"\\\n]+|\\(?: \n|.)?|.', re.S),
    Mode.TEMPLATE: re.compile(r"[^`\\$]+|\\.?|\$\{|.", re.S),
    Mode.LINE_COMMENT: re.compile(r"[^\n]+|."),
    Mode.COMMENT: re.compile(r"[^*/]+|\*+/?|.", re.S),
    Mode.REGEX: re.compile(r"[^/\\\[\n]+|\\[^\n]?|.", re.S),
    Mode.REGEX_CLASS: re.compile(r"[^\]\\\n]+|\\[^\n]?|.", re.S),
}
_ENDS = {
    (Mode.SINGLE, "'"): Mode.CODE,
    (Mode.DOUBLE, '"'): Mode.CODE,
    (Mode.TEMPLATE, "`"): Mode.CODE,
    (Mode.REGEX, "/"): Mode.CODE,
    (Mode.REGEX, "["): Mode.REGEX_CLASS,
    (Mode.REGEX_CLASS, "]"): Mode.REGEX,
    # A line's end ends what a writer forgot to close.
    (Mode.SINGLE, "\n"): Mode.CODE,
    (Mode.DOUBLE, "\n"): Mode.CODE,
    (Mode.REGEX, "\n"): Mode.CODE,
    (Mode.REGEX_CLASS, "\n"): Mode.CODE,
    (Mode.LINE_COMMENT, "\n"): Mode.CODE,
}
_STARTS = {
    "'": Mode.SINGLE,
    '"': Mode.DOUBLE,
    "`": Mode.TEMPLATE,
    "//": Mode.LINE_COMMENT,
    "<!--": Mode.LINE_COMMENT,
    "/*": Mode.COMMENT,
}
#: Words that a value follows, so that a ``/`` after them opens a pattern.
_BEFORE_VALUE = frozenset(
    (
        *("return", "typeof", "case", "in", "of", "delete", "void", "throw", "new"),
        *("instanceof", "else", "do", "await", "yield"),
    )
)


def advance(place: Script, text: str) -> Script:
    """Return the place after ``text``, which begins at ``place``. Linear in its length."""
    mode, nest, value, tail = place.mode, place.nest, place.value, place.tail
    i = 0

    while i < len(text):
        m = (_CODE if mode is Mode.CODE else _PARTS[mode]).match(text, i)
        part = m[0] if m else text[i]
        i += len(part)

        if mode is Mode.CODE:
            mode, nest, value = _code(part, nest, value)
        elif mode is Mode.COMMENT:
            if part.endswith("*/") or (tail == "*" and part[0] == "/"):
                mode = Mode.CODE

            tail = "" if mode is Mode.CODE else part[-1]
        elif mode is Mode.TEMPLATE and part == "${":
            mode, nest, value = Mode.CODE, (0, nest), False
        else:
            after = _ENDS.get((mode, part), mode)
            # A comment is no value: what stood before it counts on.
            value = value if mode is Mode.LINE_COMMENT else after is Mode.CODE
            mode = after

    return Script(mode, nest, value, tail)


def _code(part: str, nest: _Nest, value: bool) -> tuple[Mode, _Nest, bool]:
    if part in _STARTS:
        return _STARTS[part], nest, value

    if part == "/":
        return (Mode.CODE, nest, False) if value else (Mode.REGEX, nest, False)

    if part == "{":
        return Mode.CODE, (nest[0] + 1, nest[1]) if nest else None, False

    if part == "}" and nest:
        depth, outer = nest
        return (
            (Mode.CODE, (depth - 1, outer), True)
            if depth
            else (Mode.TEMPLATE, outer, False)
        )

    if part.isspace():
        return Mode.CODE, nest, value

    if part[0].isalnum() or part[0] in "_$":
        return Mode.CODE, nest, part not in _BEFORE_VALUE

    return Mode.CODE, nest, part.rstrip()[-1] in ")]}"
