"""The words of Python 2: names, numbers, strings, brackets and signs."""

from __future__ import annotations

import keyword
import re
import typing as t
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\f]++ | \#[^\n]*+ | \\\n)
    | (?P<string>[rRuUbBfFtT]{0,2}(?:\"{3}|'{3}|\"|'))
    | (?P<name>[^\W\d]\w*+)
    | (?P<number>
        0[xX][0-9a-fA-F]++[lL]? | 0[oO][0-7]++[lL]? | 0[bB][01]++[lL]?
        | (?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?[jJlL]?
      )
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<newline>\n)
    | (?P<op><>|>>|[!=<>]=|.)
    """,
    re.VERBOSE | re.DOTALL,
)

#: Up to the closing quote. Nothing is tried twice, so a long string costs its length.
_REST = {
    '"': re.compile(r'(?:[^\\"\n]++|\\.)*+"', re.DOTALL),
    "'": re.compile(r"(?:[^\\'\n]++|\\.)*+'", re.DOTALL),
    '"""': re.compile(r'(?:[^\\"]++|\\.|"(?!""))*+"""', re.DOTALL),
    "'''": re.compile(r"(?:[^\\']++|\\.|'(?!''))*+'''", re.DOTALL),
}

KEYWORDS = {*keyword.kwlist, "print", "exec"} - {
    *("True", "False", "None", "async", "await", "nonlocal")
}


class Python2Error(ValueError):
    """The text is no Python 2 either."""


class Token(t.NamedTuple):
    """One word and where it stands, in characters from the start of the text."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def operand(self) -> bool:
        """Whether a value ends here, so that a sign or a closing backtick may follow."""
        if self.kind == "name":
            return self.text not in KEYWORDS
        return self.kind in {"string", "number", "close"}


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of a text, without spaces and comments.

    :raises Python2Error: If a string does not end.
    """
    position = 0

    while match := _TOKEN.match(text, position):
        kind = match.lastgroup or ""
        position = match.end()

        if kind == "skip":
            continue

        if kind == "string":
            rest = _REST[match[0].lstrip("rRuUbBfFtT")].match(text, position)

            if rest is None:
                raise Python2Error("A string does not end.")

            position = rest.end()

        yield Token(kind, text[match.start() : position], match.start(), position)
