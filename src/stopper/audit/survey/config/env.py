"""``.env`` and ``.flaskenv``, as python-dotenv understands them."""

from __future__ import annotations

import re

from .entry import Entry

_KEY = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_COMMENT = re.compile(r"(?:^|[ \t]+)#.*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def entries(text: str, name: str) -> list[Entry]:
    """Return the variables that a file sets. Lines that set none are passed over."""
    found: list[Entry] = []
    position, line = 0, 1

    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        if key := _KEY.match(text, position, end):
            value, end = _value(text, key.end(), end)
            found.append(Entry(name, line, key[1], value))
        line += text.count("\n", position, end) + 1
        position = end + 1
    return found


def _value(text: str, start: int, end: int) -> tuple[str, int]:
    """Return the value that starts at ``start``, and the end of its last line."""
    for quoted in (_DOUBLE, _SINGLE):
        if text.startswith(('"', "'"), start) and (m := quoted.match(text, start)):
            last = text.find("\n", m.end())
            value = m[1] if quoted is _SINGLE else _ESCAPE.sub(_unescape, m[1])
            return value, len(text) if last < 0 else last
    return _COMMENT.sub("", text[start:end]).strip(), end


def _unescape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[1], match[1])
