"""Source lines as they are shown: what may be a secret is not."""

from __future__ import annotations

import re

#: Shorter than this, it is no secret but a word.
LONG = 7  # characters

_QUOTED = re.compile(r"""(["'])((?:\\.|(?!\1).)*)(\1|$)""")
_VALUE = re.compile(r"^([^=:#\"']*[=:]\s*)([^\"'\s][^\s#]*)")


def masked(line: str) -> str:
    """Return a line that holds a secret, the values on it cut to their first letters.

    >>> masked('key = "correct horse battery"')
    'key = "co\\u2026"'
    """
    found = _QUOTED.sub(lambda m: m[1] + cut(m[2]) + m[3], line)

    if found == line:
        # A key of a file without quotes: NAME=value, name: value.
        found = _VALUE.sub(lambda m: m[1] + cut(m[2]), line)

    return found if found != line else cut(line)


def cut(value: str) -> str:
    """Return the first letters of a value, all of it if it is short."""
    return value if len(value) < LONG else f"{value[:2]}\u2026"
