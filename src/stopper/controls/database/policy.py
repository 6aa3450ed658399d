"""What is SQL by its look, and where in it a value stands."""

from __future__ import annotations

import re

_SQL = re.compile(
    r"\s*\(?\s*(?:"
    r"select\b.+|insert\s+(?:or\s+\w+\s+)?into\b|replace\s+into\b|merge\s+into\b"
    r"|update\b.+\bset\b|delete\s+from\b|with\s+(?:recursive\s+)?\S+\s+as\b"
    r"|(?:create|drop|alter)\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|unique\s+)?"
    r"(?:table|index|view|database|schema|user|role|trigger|function|sequence|column|type)\b"
    r"|truncate\s+(?:table\s+)?\S|grant\s.+\bto\b|revoke\s.+\bfrom\b|pragma\s+\w|explain\s"
    r"|(?:call|exec|execute)\s+\S+\s*\(|copy\s.+\b(?:from|to)\b|lock\s+tables?\b"
    r"|attach\s+database\b|set\s+\w+(?:\.\w+)?\s*(?:=|to\b)|show\s+(?:tables|columns|index|create)\b"
    r"|describe\s|union\s+(?:all\s+)?select\b|comment\s+on\b"
    r")",
    re.I | re.S,
)

_SELECTS = re.compile(r"\s*\(?\s*select\b", re.I)

_SELECT = re.compile(
    r"\bfrom\b|\*|\(|\bwhere\b|\bas\b|^\s*\(?\s*select\s+\S+\s*$", re.I
)

_IDENTIFIER = re.compile(
    r"(?:\b(?:from|join|into|update|table|index|view|schema|database|by|select|distinct"
    r"|exists|describe|column|add|drop|truncate|analyze|vacuum|copy|as|on|using|role|user"
    r"|pragma|sequence|trigger|function|set|asc|desc|rename|to|key|references|type|show)"
    r"\s*[`\"\[]?|[`\[.])$",
    re.I,
)


def statement(text: str) -> bool:
    """Say whether a text begins as a statement of SQL does, and goes on so.

    "Select a file" and "Update failed" are prose.
    """
    if not _SQL.match(text):
        return False

    return not _SELECTS.match(text) or bool(_SELECT.search(text))


def names(before: str) -> bool:
    """Say whether what stands behind ``before`` is the name of a table or a column."""
    return bool(_IDENTIFIER.search(before.rstrip(" \n\t")))
