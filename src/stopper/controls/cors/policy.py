"""Which origins a list lets in, and what is wrong with a pattern of them."""

from __future__ import annotations

import re

# What makes Flask-CORS read an origin as a regular expression.
_SPECIAL = ("*", "\\", "]", "?", "$", "^", "[", "(", ")")

_ANY = frozenset(
    {"*", ".*", "^.*$", ".*$", "^.*", ".+", "https?://.*", "http://.*", "https://.*"}
)

_HOST_DOT = re.compile(r"(?<!\\)\.(?![*+?{])(?=[A-Za-z])")


def any_origin(origin: str) -> bool:
    """Whether every site is let in."""
    return origin.strip() in _ANY


def is_pattern(origin: str) -> bool:
    """Whether Flask-CORS takes an origin as a regular expression."""
    return any(sign in origin for sign in _SPECIAL) and not any_origin(origin)


def loose(pattern: str) -> str | None:
    """Say what is wrong with a pattern of origins, ``None`` if nothing is.

    Flask-CORS matches from the start and asks for no end.
    """
    if not pattern.endswith(("$", r"\Z", r"\z")):
        return "has no end, so more may follow"

    # A character class means its dots.
    bare = re.sub(r"\[[^\]]*\]", "", pattern)

    if _HOST_DOT.search(bare.partition("://")[2] or bare):
        return "has a dot that stands for any character"

    return None
