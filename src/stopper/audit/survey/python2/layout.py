"""What a file says of itself as a whole: its indentation, and the future it asks for."""

from __future__ import annotations

import re

from .edits import Edits
from .tokens import Python2Error

TAB = 8  # columns
WIDEST = 2_000  # spaces and tabs of an indentation

_INDENT = re.compile(r"[ \t\f]*+")
_SPACES = re.compile(r"^ ", re.MULTILINE)
_TABS = re.compile(r"^ *+\t", re.MULTILINE)
_FUTURE = re.compile(
    r"^from[ \t]++__future__[ \t]++import\b(?:[ \t]|\\\n)*+"
    r"(\([^)]{0,1000}+|(?:[^\n;#\\]|\\\n)*+)",
    re.MULTILINE,
)


def futures(text: str) -> set[str]:
    """Return what a file imports from ``__future__``."""
    return {
        name
        for match in _FUTURE.finditer(text)
        for name in re.findall(r"\w+", match[1])
    }


class Indentation:
    """Counts tabs as Python 2 did, where spaces stand beside them."""

    def __init__(self, edits: Edits) -> None:
        self._edits = edits
        self._text = edits.source
        self._mixed = bool(_SPACES.search(self._text) and _TABS.search(self._text))

    def begin(self, at: int) -> None:
        """Write the tabs of the line that begins here as spaces.

        :raises Python2Error: If it is indented as nobody would.
        """
        match = _INDENT.match(self._text, at) if self._mixed else None

        if match is None or "\t" not in match[0]:
            return

        if self._text[match.end() : match.end() + 1] in {"", "#", "\n"}:
            return

        if match.end() - at > WIDEST:
            raise Python2Error("It is indented too far.")

        width = len(match[0].rpartition("\f")[2].expandtabs(TAB))
        self._edits.put(at, match.end(), " " * width)
