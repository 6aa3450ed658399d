"""What turns debug mode on, and which addresses are every interface."""

from __future__ import annotations

EVERYWHERE = frozenset({"0.0.0.0", "::", "[::]"})  # noqa: S104  # what is looked for

_TRUE = frozenset({"1", "true", "yes", "on", "t", "y"})


def true(value: object) -> bool:
    """Whether a setting is on, be it a value of Python or a word of an environment."""
    if isinstance(value, str):
        return value.strip().lower() in _TRUE

    return value is True or (isinstance(value, int) and value == 1)
