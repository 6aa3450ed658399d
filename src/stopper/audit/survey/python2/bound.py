"""Names of Python 2 that are keywords or constants of Python 3."""

from __future__ import annotations

import re

from .tokens import Token

_COROUTINE = re.compile(r"[ \t]++(?:def|for|with)\b")
_EQUALS = re.compile(r"[ \t]*+=(?!=)")
_SEVERAL = re.compile(
    r"(?:True|False|None)(?:[ \t]*+,[ \t]*+(?:True|False|None))*+[ \t]*+=(?!=)"
)
_NAMING = frozenset({".", "def", "class", "import", "as", "global"})
_BEFORE = frozenset({"(", ",", "="})


class Bound:
    """Tells where such a word is a name, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._until = -1

    def is_name(self, token: Token, last: Token, *, start: bool) -> bool:
        """Whether a word is a name here, that Python 3 would not take for one.

        :param last: The word before it.
        :param start: Whether a statement begins here.
        """
        if token.text in {"await", "nonlocal"}:
            return True

        if token.text == "async":
            return not _COROUTINE.match(self._text, token.end)

        return token.text in {"True", "False", "None"} and (
            self._assigned(token, start=start)
            or last.text in _NAMING
            or (last.text in _BEFORE and bool(_EQUALS.match(self._text, token.end)))
        )

    def _assigned(self, token: Token, *, start: bool) -> bool:
        if start and (several := _SEVERAL.match(self._text, token.start)):
            self._until = several.end()

        return token.start < self._until
