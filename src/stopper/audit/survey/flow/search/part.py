"""Says which part of a value is meant: an item, an attribute, any of them."""

from __future__ import annotations

from ..change import number
from ..frame import ANY
from ..frame import EACH
from ..frame import Path


def is_item(path: Path) -> bool:
    """Say whether an item is asked for, not an attribute or the whole."""
    return bool(path) and path[0].startswith("[")


def matches(one: str, other: str) -> bool:
    """Say whether two parts of a value may be the same one."""
    if one == other:
        return True

    if not (one.startswith("[") and other.startswith("[")):
        # ``{{ note.title }}`` is an item of a dictionary as well.
        return word(one) == word(other)

    if ANY in (one, other):
        return True

    if EACH in (one, other):
        # Going over a mapping gives its keys: what is kept by a name is none.
        return number(other if one == EACH else one) is not None

    # From the end or from the beginning, of who knows how many.
    return one.startswith("[-") is not other.startswith("[-")


def shifted(path: Path) -> Path:
    """Return which part it is of what was put behind something of unknown length."""
    if path and number(path[0]) is not None and not path[0].startswith("[-"):
        return (ANY, *path[1:])

    return path


def behind(path: Path, shift: int) -> Path:
    """Return which part it is of the whole, of whose rest a part is asked for."""
    place = number(path[0]) if path else None

    if place is None or place < 0:
        return path

    return (f"[{place + shift}]", *path[1:])


def word(part: str) -> str:
    """Return what an attribute or an item is called."""
    return part[1:] if part.startswith(".") else part[1:-1]
