"""What a test says of a value, and how much of it leaves no harm."""

from __future__ import annotations

import typing as t

#: What a test says of a value, as bits: plain numbers, for they are asked for by the
#: million.
Facts = int

NOTHING: Facts = 0
#: The author thought of it; whether it holds cannot be seen.
DOUBT: Facts = 1
#: It begins with a slash, and not with two.
SLASH: Facts = 2
SINGLE: Facts = 4
#: It has no backslash, which browsers take for a slash.
STRAIGHT: Facts = 8
#: It has no control characters, which browsers leave out.
PRINTABLE: Facts = 16
#: As a URL it names no host, and no scheme.
HOSTLESS: Facts = 32
SCHEMELESS: Facts = 64
#: As a path it does not begin at the root, and names no folder above.
RELATIVE: Facts = 128
DOTLESS: Facts = 256
#: All of it: it can do no harm.
CLEAR: Facts = 511

#: What together leaves nothing of a harm.
_ENOUGH: dict[str, tuple[Facts, ...]] = {
    "redirect": (
        SLASH | SINGLE | STRAIGHT | PRINTABLE,
        HOSTLESS | STRAIGHT | PRINTABLE,
        # Python's own parser leaves control characters out as well.
        HOSTLESS | STRAIGHT | SLASH,
    ),
    "path": (RELATIVE | DOTLESS,),
    "scheme": (SLASH, SCHEMELESS),
}


def enough(facts: Facts, kind: str) -> bool:
    """Say whether facts leave nothing of a harm."""
    if facts in (NOTHING, CLEAR):
        return facts == CLEAR

    return any(facts & all_ == all_ for all_ in _ENOUGH.get(kind, ()))


def every(facts: t.Iterable[Facts]) -> Facts:
    """Return what holds on every way; nothing if there is no way."""
    found: Facts | None = None

    for one in facts:
        found = one if found is None else found & one

    return found or NOTHING


def any_(facts: t.Iterable[Facts]) -> Facts:
    """Return what holds on any way."""
    found = NOTHING

    for one in facts:
        found |= one

    return found
