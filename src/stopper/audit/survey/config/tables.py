"""TOML: values from the standard library, lines from a scan of our own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from .entry import ConfigError
from .entry import Entry
from .entry import Value

Path = tuple[str | int, ...]

_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""{1,1}"{0,2}'
    r"|'''.*?'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PART = re.compile(r"""[ \t]*("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)[ \t]*(\.)?""")
_HEADER = re.compile(r"[ \t]*(\[\[?)")
# The standard library takes time that grows with the square of a key's parts.
_DEEP = re.compile(
    r"(?<![\w-])(?:(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*\.[ \t]*){100}"
)
_AT = re.compile(r" at line (\d+)|\(at line (\d+)")


def entries(text: str, name: str) -> list[Entry]:
    """Return the keys of a TOML file: its table as the section."""
    data = load(text)
    lines = Lines(text)
    return list(_flat(data, (), lines, name))


def load(text: str) -> dict[str, object]:
    """Return a TOML document.

    :raises ConfigError: If it is none.
    """
    if _DEEP.search(text):
        raise ConfigError("It is TOML with a key of more than 100 parts.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = int(at[1] or at[2]) if at else 0
        raise ConfigError("It is no TOML that can be read.", line) from None
    except (RecursionError, ValueError):
        raise ConfigError("It is TOML with values that cannot be read.") from None


class Lines:
    """Where each key of a document stands."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        self._scan(text)

    def __call__(self, path: Path) -> int:
        """Return the line of a key, or of the nearest thing that holds it."""
        while path:
            if line := self._lines.get(path):
                return line
            path = path[:-1]
        return 0

    def _scan(self, text: str) -> None:
        table: Path = ()
        position, line = 0, 1

        while position < len(text):
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            if header := _HEADER.match(text, position, end):
                keys, _ = _keys(text, header.end(), end)
                table = self._table(keys, many=header[1] == "[[")
                self._lines.setdefault(table, line)
            elif text[position:end].strip()[:1] not in ("", "#"):
                keys, start = _keys(text, position, end)
                self._lines.setdefault(table + keys, line)
                end = _value_end(text, start)
            line += text.count("\n", position, end) + 1
            position = end + 1

    def _table(self, keys: Path, *, many: bool) -> Path:
        """Return the full path of a table, with its place in each list of tables."""
        path: Path = ()
        for number, key in enumerate(keys, 1):
            path += (key,)
            if many and number == len(keys):
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path += (self._tables[path],)
        return path


def _keys(text: str, start: int, end: int) -> tuple[Path, int]:
    found: list[str | int] = []
    while part := _PART.match(text, start, end):
        word = part[1]
        if word.startswith('"'):
            word = str(tomllib.loads(f"key = {word}")["key"])
        found.append(word.strip("'") if word.startswith("'") else word)
        start = part.end()
        if not part[2]:
            break
    return tuple(found), start


_TOKEN = re.compile(r"[\"'\[\]{}#\n]")


def _value_end(text: str, start: int) -> int:
    """Return where the line ends on which a value ends."""
    depth = 0
    while token := _TOKEN.search(text, start):
        start, sign = token.end(), token[0]
        if sign in "\"'":
            string = _STRING.match(text, token.start())
            start = string.end() if string else start
        elif sign == "#":
            newline = text.find("\n", start)
            start = len(text) if newline < 0 else newline
        elif sign == "\n" and depth <= 0:
            return token.start()
        else:
            depth += (sign in "[{") - (sign in "]}")
    return len(text)


def _flat(value: object, path: Path, lines: Lines, name: str) -> Iterator[Entry]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, (*path, key), lines, name)
    elif isinstance(value, list) and any(isinstance(i, dict) for i in value):
        for index, item in enumerate(value):
            yield from _flat(item, (*path, index), lines, name)
    else:
        *table, key = map(str, path)
        yield Entry(name, lines(path), key, _plain(value), ".".join(table))


def _plain(value: object) -> Value:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
