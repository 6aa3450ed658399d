"""Source without its comments, where what is written there must not count."""

from __future__ import annotations

import re

#: Rough: what follows ``#`` in a text is lost too.
_COMMENT = re.compile(r"(?<![\"'\w&/])#.*")


def uncommented(text: str) -> str:
    """Return source without its comments."""
    return _COMMENT.sub("", text) if "#" in text else text
