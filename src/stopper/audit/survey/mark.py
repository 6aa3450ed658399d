"""A name of our own in somebody's text, which nobody else there has."""

from __future__ import annotations

import re


def unused(text: str, letter: str) -> str:
    """Return the beginning of a name that stands nowhere in ``text``.

    :param letter: What the name stands for.
    """
    # Longer and longer names would take time that grows with the square of a hostile text.
    found = re.finditer(rf"_{letter}(\d{{1,9}})(?=_)", text)
    taken = {int(match[1]) for match in found}
    free = next(number for number in range(len(taken) + 1) if number not in taken)
    return f"_{letter}{free}_"
