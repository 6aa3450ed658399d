"""Changes to a text that keep its lines, and the way back from a changed column."""

from __future__ import annotations

import bisect
import typing as t

from .tokens import Python2Error


class _Change(t.NamedTuple):
    """One change within a line, in bytes from the line's start: before and after."""

    start: int
    end: int
    was_start: int
    was_end: int


class Edits:
    """Collects changes in any order and makes them all at once.

    :param text: As it is written. A change never adds or takes away a line.
    """

    def __init__(self, text: str) -> None:
        self.source = text
        self._edits: list[tuple[int, int, str]] = []
        self._lines: dict[int, list[_Change]] = {}

    def __len__(self) -> int:
        return len(self._edits)

    def put(self, start: int, end: int, new: str) -> None:
        """Write ``new`` in place of what stands from ``start`` to ``end``."""
        self._edits.append((start, end, new))

    def text(self) -> str:
        """Return the text with every change made.

        :raises Python2Error: If two of them are about the same place.
        """
        out: list[str] = []
        position, line, was, now = 0, 1, 0, 0

        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < position:
                raise Python2Error("Two readings of one place do not fit together.")

            between = self.source[position:start]
            out += between, new
            last = between.rfind("\n")

            if last >= 0:
                line += between.count("\n")
                was = now = 0

            gap = _size(between[last + 1 :])
            was, now = was + gap, now + gap
            change = _Change(
                now, now + _size(new), was, was + _size(self.source[start:end])
            )
            self._lines.setdefault(line, []).append(change)
            was, now, position = change.was_end, change.end, end

        return "".join([*out, self.source[position:]])

    def column(self, line: int, column: int) -> int:
        """Return where in the written line a column of the changed text stands.

        :param column: In bytes, from 0, as the parser counts.
        """
        changes = self._lines.get(line)

        if changes is None:
            return column

        index = bisect.bisect_right(changes, column, key=lambda change: change.start)

        if not index:
            return column

        change = changes[index - 1]

        if column < change.end:
            return min(change.was_start + column - change.start, change.was_end)

        return change.was_end + column - change.end


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
