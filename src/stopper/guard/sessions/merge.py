"""Brings together what two requests of one session wrote at the same time."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

_MISSING = object()


def merged(
    base: Mapping[str, t.Any], mine: Mapping[str, t.Any], theirs: Mapping[str, t.Any]
) -> tuple[dict[str, t.Any], tuple[str, ...]]:
    """Return what both wrote, and the keys to which both wrote different things.

    Of those, mine is kept: it is the later one.

    :param base: What both started from.
    """
    result = dict(theirs)
    both: list[str] = []

    for key in {**base, **mine}:
        before, now = base.get(key, _MISSING), mine.get(key, _MISSING)

        if _same(before, now):
            continue

        other = theirs.get(key, _MISSING)

        if not _same(other, before) and not _same(other, now):
            both.append(key)

        if now is _MISSING:
            result.pop(key, None)
        else:
            result[key] = now

    return result, tuple(sorted(map(str, both)))


def _same(one: t.Any, other: t.Any) -> bool:
    return one is other or (type(one) is type(other) and one == other)
