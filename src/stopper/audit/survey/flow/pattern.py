"""What a regular expression lets through, by the characters that its matches may hold."""

from __future__ import annotations

import functools
import re
import typing as t
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from re import _constants as sre  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]

#: What a value must not hold, by the kind of harm. A kind that is not here: everything
#: but letters, digits, ``_`` and ``-``.
HARMFUL: dict[str, frozenset[str]] = {
    "path": frozenset("/\\"),
    "html": frozenset("<>\"'&"),
    "redirect": frozenset("/\\:"),
    "markup": frozenset("<>"),
    "script": frozenset("<>\"'&\\`$\n"),
    "literal": frozenset("<>\"'&\\`$\n"),
    "scheme": frozenset(":"),
    "url": frozenset("/\\:@?#"),
    "sql": frozenset("'\"`;()\\ -/*"),
    "shell": frozenset(" \t\n;&|<>$`\\\"'(){}[]*?~!#="),
    "ldap": frozenset("()*\\\0&|=!"),
}

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")

_ASCII = frozenset(map(chr, range(128)))

_LONG = 2_000


@functools.lru_cache(maxsize=512)
def characters(pattern: str, flags: int = 0) -> frozenset[str] | None:
    """Return the ASCII characters that a full match may hold, ``None`` if unknown."""
    if len(pattern) > _LONG:
        return None

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = parser.parse(pattern, flags)

        return frozenset(_of(parsed))
    except (re.error, RecursionError, OverflowError, ValueError):
        return None


@functools.lru_cache(maxsize=512)
def anchored(pattern: str) -> tuple[bool, bool]:
    """Say whether a pattern holds the beginning and the end of the text."""
    starts = pattern.startswith(("^", "\\A"))
    # ``$`` takes a line feed at the end as well: no harm is done with that alone.
    ends = pattern.endswith(("$", "\\Z")) and not pattern.endswith(("\\$", "\\\\Z"))
    depth = 0

    # ``^a|b$`` holds neither.
    for number, char in enumerate(pattern):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif (
            char == "|" and depth == 0 and (number == 0 or pattern[number - 1] != "\\")
        ):
            return False, False

    return starts, ends


def clears(pattern: str, kind: str, whole: bool) -> bool:
    """Say whether a text that matches can do no harm of this kind.

    :param whole: Whether the match was of the whole text, as ``fullmatch`` asks.
    """
    starts, ends = anchored(pattern)

    if not whole and not (starts and ends):
        return False

    found = characters(pattern)

    if found is None:
        return False

    return harmless("".join(found), kind)


def harmless(text: str, kind: str) -> bool:
    """Say whether a text made of these characters alone can do no harm of this kind."""
    harmful = HARMFUL.get(kind)
    found = frozenset(text)
    return found <= _PLAIN if harmful is None else found.isdisjoint(harmful)


@functools.lru_cache(maxsize=512)
def removes(regex: str, kind: str) -> bool:
    """Say whether putting something else for every match takes out all that does harm."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = list(parser.parse(regex))

        if len(parsed) != 1:
            return False

        op, value = parsed[0]

        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT) and value[0] == 1:
            parsed = list(value[2])
            op = parsed[0][0] if len(parsed) == 1 else None

        if op not in (sre.IN, sre.NOT_LITERAL, sre.LITERAL):
            return False

        taken = _of(parsed)
    except (re.error, RecursionError, OverflowError, ValueError):
        return False

    return HARMFUL.get(kind, _ASCII - _PLAIN) <= taken


def _of(parsed: t.Any) -> set[str]:
    found: set[str] = set()

    for op, value in parsed:
        if op is sre.LITERAL:
            found.add(chr(value))
        elif op is sre.NOT_LITERAL:
            found |= _ASCII - {chr(value)}
        elif op is sre.ANY:
            found |= _ASCII - {"\n"}
        elif op is sre.IN:
            found |= _set(value)
        elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            found |= _of(value[2])
        elif op is sre.SUBPATTERN:
            found |= _of(value[3])
        elif op is sre.ATOMIC_GROUP:
            found |= _of(value)
        elif op is sre.BRANCH:
            for branch in value[1]:
                found |= _of(branch)
        elif op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            continue
        else:
            raise ValueError(f"{op} is nothing of which it is known what it takes.")

    return found


def _set(items: t.Any) -> set[str]:
    found: set[str] = set()
    negated = False

    for op, value in items:
        if op is sre.NEGATE:
            negated = True
        elif op is sre.LITERAL:
            found.add(chr(value))
        elif op is sre.RANGE:
            found |= {chr(n) for n in range(value[0], min(value[1], 127) + 1)}
        elif op is sre.CATEGORY:
            found |= _category(value)
        else:
            raise ValueError(f"{op} is nothing of which it is known what it takes.")

    return set(_ASCII - found) if negated else found


def _category(value: t.Any) -> set[str]:
    test = {
        sre.CATEGORY_DIGIT: r"\d",
        sre.CATEGORY_NOT_DIGIT: r"\D",
        sre.CATEGORY_WORD: r"\w",
        sre.CATEGORY_NOT_WORD: r"\W",
        sre.CATEGORY_SPACE: r"\s",
        sre.CATEGORY_NOT_SPACE: r"\S",
    }[value]
    return {c for c in _ASCII if re.match(test, c)}
