"""Text from audited files, as it can be shown to anybody."""

from __future__ import annotations

import re

# Control characters steer a terminal; the others reorder or hide what a reader sees.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """Return ``text`` on one line, its unprintable characters as escapes."""
    return _UNSAFE.sub(_escape, text.replace("\t", "    "))


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode("ascii")


def encodable(text: str) -> str:
    """Return ``text`` without lone surrogates, which no encoding has."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def clipped(text: str, width: int) -> str:
    """Return the start of a text that is longer than ``width``, with a mark."""
    return text if len(text) <= width else f"{text[: width - 1]}\u2026"
