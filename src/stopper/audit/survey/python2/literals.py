"""Numbers and strings that Python 2 wrote in another way."""

from __future__ import annotations

import re

from .edits import Edits
from .tokens import Token

_OCTAL = re.compile(r"0+[1-7][0-7]*[lL]?")
_ESCAPE = re.compile(r"\\.", re.DOTALL)


def number(token: Token, edits: Edits) -> None:
    """Write ``0777`` as ``0o777`` and ``10L`` as ``10``."""
    if token.text[-1] in "lL":
        edits.put(token.end - 1, token.end, " ")

    if _OCTAL.fullmatch(token.text):
        edits.put(token.start + 1, token.start + 1, "o")


def string(token: Token, edits: Edits, *, start: bool, wide: bool) -> None:
    r"""Write ``ur""`` as ``r""``, and a backslash that escapes nothing as two.

    :param start: Whether a statement begins here, where a space would indent it.
    :param wide: Whether unmarked strings are Unicode, in which ``\\u`` is an escape.
    """
    prefix = token.text[: len(token.text) - len(token.text.lstrip("rRuUbBfFtT"))]
    kind = prefix.lower()
    dropped = -1

    if kind == "ur":
        dropped = 0
    elif "b" in kind and not token.text.isascii():
        dropped = kind.index("b")

    if dropped >= 0:
        at = token.start + dropped
        edits.put(at, at + 1, "" if start or dropped else " ")

    if not kind and not wide:
        _escapes(token, edits)


def _escapes(token: Token, edits: Edits) -> None:
    if not any(sign in token.text for sign in (r"\u", r"\U", r"\N")):
        return

    for match in _ESCAPE.finditer(token.text):
        if match[0][1] in "uUN":
            at = token.start + match.start()
            edits.put(at, at, "\\")
