"""What was worked out of marks, kept until somebody marks something or changes a view."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from flask import Flask

FoundT = t.TypeVar("FoundT")

#: How many views and methods are kept: where a rule names no methods, one can be
#: anything that a client made up.
MOST = 10_000


class Changes:
    """Counts the marks that were put: some apps put them when they serve already."""

    count = 0


class Kept(t.Generic[FoundT]):
    """What a function says of an endpoint and a method, asked once for each.

    :param work: Takes both.
    """

    def __init__(self, app: Flask, work: Callable[[str, str], FoundT]) -> None:
        self._views = app.view_functions
        self._work = work
        self._found: dict[tuple[str, str], tuple[object, FoundT]] = {}
        self._at = Changes.count

    def of(self, endpoint: str, method: str) -> FoundT:
        """Return what is said, anew if the view is another one or anything was marked."""
        view = self._views.get(endpoint)
        kept = self._found.get((endpoint, method))

        if kept is not None and kept[0] is view and self._at == Changes.count:
            return kept[1]

        return self._anew(endpoint, method, view)

    def _anew(self, endpoint: str, method: str, view: object) -> FoundT:
        if self._at != Changes.count:
            self._at = Changes.count
            self._found = {}

        # Another thread may begin a new table while this one works.
        table = self._found
        found = self._work(endpoint, method)

        if len(table) < MOST:
            table[endpoint, method] = view, found

        return found
