"""What is put into a template's source, without a line more than it has."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterable

from .jinja import Syntax
from .model import Reading


@dataclasses.dataclass(frozen=True, slots=True)
class Insertion:
    """A piece of Jinja code to be put at an offset of the source.

    :param before: Plain text in front of it.
    """

    place: int
    code: str
    before: str = ""


def insert(
    source: str, reading: Reading, insertions: Iterable[Insertion], syntax: Syntax
) -> str:
    """Return the source with these insertions; those of one place in their order."""
    raws = [start for start, _ in reading.raw]
    parts: list[str] = []
    last = 0

    for one in sorted(insertions, key=lambda insertion: insertion.place):
        i = bisect.bisect_right(raws, one.place) - 1
        raw = i >= 0 and one.place <= reading.raw[i][1]
        # Braces in a raw block are printed as they stand: the block makes room.
        code = (
            f"{syntax.block_start}endraw{syntax.block_end}{one.code}"
            f"{syntax.block_start}raw{syntax.block_end}"
            if raw
            else one.code
        )
        parts += [source[last : one.place], one.before, code]
        last = one.place

    return "".join([*parts, source[last:]])
