"""Reads what a statement of SQL takes out of which table, and what it puts there."""

from __future__ import annotations

import itertools
import re
import typing as t
from collections.abc import Iterator

#: How long a statement may be to be read.
LENGTH = 5_000

#: How many tables one text may define.
TABLES = 100

_NAME = r"[`\"\[]?(\w+)[`\"\]]?"
_TABLE = rf"(?:{_NAME}\.)?{_NAME}"

_SELECT = re.compile(r"\s*select\s+(?:distinct\s+)?(.+?)\s+from\s+(.+)", re.I | re.S)
_FROM = re.compile(rf"(?:^|,|\bjoin)\s*{_TABLE}(?:\s+as)?(?:\s+(\w+))?", re.I)
_CLAUSES = re.compile(
    r"\b(?:where|group\s+by|order\s+by|having|limit|offset|union)\b", re.I
)
_COLUMN = re.compile(rf"(?:{_NAME}\.)?{_NAME}(?:\s+(?:as\s+)?{_NAME})?\s*$", re.I)
_INSERT = re.compile(
    rf"\s*(?:insert|replace)\s+(?:or\s+\w+\s+|ignore\s+)?into\s+{_TABLE}\s*"
    r"(?:\(([^()]*)\))?\s*values\s*\((.*)\)",
    re.I | re.S,
)
_UPDATE = re.compile(rf"\s*update\s+{_TABLE}\s+set\s+(.+)", re.I | re.S)
_SET = re.compile(rf"(?:{_NAME}\.)?{_NAME}\s*=\s*(.+)\s*", re.I | re.S)
_CREATE = re.compile(rf"create\s+table\s+(?:if\s+not\s+exists\s+)?{_TABLE}\s*\(", re.I)
_HOLE = re.compile(r"\?|%s|%\((\w+)\)s|(?<!:):([a-z_]\w*)|\$(\d+)", re.I)

#: Of a table's definition, what is no column.
_KEYS = frozenset(
    {"primary", "foreign", "unique", "check", "constraint", "key", "index"}
)
_NUMERIC = re.compile(r"int|real|float|double|numeric|decimal|bool|date|time", re.I)

#: A column of a table.
Column = tuple[str, str]

#: What is put in for a place-holder: its number, or its name.
Hole = int | str


class Selected(t.NamedTuple):
    """One thing that a statement takes out of tables.

    :param name: What it is called in the row; ``"*"`` stands for all columns.
    :param columns: Which column it may be of which table.
    """

    name: str
    columns: tuple[Column, ...]


def selected(text: str) -> list[Selected]:
    """Return what a statement takes out of its tables, in order."""
    match = _SELECT.match(_flat(text))

    if match is None:
        return []

    tables = _tables(_CLAUSES.split(match[2])[0])
    return [_selected(part, tables) for part in _split(match[1])]


def _flat(text: str) -> str:
    """Return a statement on one line, with one space where there are several."""
    return " ".join(text[:LENGTH].split())


def _tables(text: str) -> dict[str, str]:
    """Map what the tables of a statement are called in it to their names."""
    found: dict[str, str] = {}

    for match in _FROM.finditer(text):
        table = match[2].lower()
        alias = (match[3] or "").lower()
        taken = alias in {"", "on", "join", "left", "inner", "outer", "cross", "using"}
        found[table if taken else alias] = table

    return found


def _selected(text: str, tables: dict[str, str]) -> Selected:
    bare = text.strip()

    if bare.endswith("*") and "(" not in bare:
        wanted = bare.removesuffix("*").rstrip(".").lower()
        names = [tables[wanted]] if wanted in tables else list(tables.values())
        return Selected("*", tuple((name, "*") for name in names))

    match = _COLUMN.match(bare)

    if match is None:
        return Selected(bare.lower(), ())

    owner, column = (match[1] or "").lower(), match[2].lower()
    names = [tables[owner]] if owner in tables else list(tables.values())
    name = (match[3] or column).lower()
    return Selected(name, tuple((table, column) for table in dict.fromkeys(names)))


def stored(
    text: str, order: t.Mapping[str, list[str]]
) -> Iterator[tuple[Column, Hole]]:
    """Yield which column of a table a statement gives which value.

    :param order: The columns of tables in their order, where it is known.
    """
    text = _flat(text)
    match = _INSERT.match(text)

    if match is not None:
        table = match[2].lower()
        names = [n.strip(' \n\t`"[]').lower() for n in (match[3] or "").split(",")]
        names = names if match[3] else order.get(table, [])
        values = _split(match[4])
        before = 0

        for place, value in enumerate(values):
            if place < len(names):
                for hole in _holes(value, before)[:1]:
                    yield (table, names[place]), hole

            before += len(_holes(value, 0))

        return

    match = _UPDATE.match(text)

    if match is not None:
        yield from _updated(match[2].lower(), match[3])


def _updated(table: str, text: str) -> Iterator[tuple[Column, Hole]]:
    before = 0

    for part in _split(_CLAUSES.split(text)[0]):
        match = _SET.match(part.strip())
        holes = _holes(part, before)

        if match is not None:
            for hole in holes[:1]:
                yield (table, match[2].lower()), hole

        before += len(holes)


def _holes(text: str, before: int) -> list[Hole]:
    """Return the place-holders in a part of a statement.

    :param before: How many there are before it.
    """
    found: list[Hole] = []

    for match in _HOLE.finditer(text):
        named = match[1] or match[2]
        number = int(match[3]) - 1 if match[3] else before + len(found)
        found.append(named or number)

    return found


def created(text: str) -> Iterator[tuple[str, list[str], set[str]]]:
    """Yield the tables that a text defines: columns, and those that hold numbers."""
    for match in itertools.islice(_CREATE.finditer(text[: 10 * LENGTH]), TABLES):
        body = _inside(text[match.end() :])
        names: list[str] = []
        numbers: set[str] = set()

        for part in _split(body):
            words = part.split(None, 2)

            if not words or words[0].lower() in _KEYS:
                continue

            name = words[0].strip('`"[]').lower()
            names.append(name)

            if len(words) > 1 and _NUMERIC.search(words[1]):
                numbers.add(name)

        yield match[2].lower(), names, numbers


def _inside(text: str) -> str:
    """Return a text up to the bracket that closes one before it."""
    depth = 1

    for place, letter in enumerate(text[:LENGTH]):
        depth += (letter == "(") - (letter == ")")

        if depth == 0:
            return text[:place]

    return text[:LENGTH]


def _split(text: str) -> list[str]:
    """Return the parts of a text between commas that stand in no brackets."""
    found: list[str] = [""]
    depth = 0

    for letter in text:
        depth += (letter == "(") - (letter == ")")

        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter

        if depth < 0:
            break

    return found
