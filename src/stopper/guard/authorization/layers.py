"""What lies in a view: the functions that it wraps, and where each was written."""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Iterator

from werkzeug.local import LocalProxy

#: How many wrappers of one view are looked at.
DEEPEST = 50


class Writing(t.NamedTuple):
    """Where the code of a function was written.

    :param within: The functions in which it was, from the outside: the decorator that
        made it is one of them.
    """

    module: str
    within: tuple[str, ...]
    name: str

    @property
    def package(self) -> str:
        """The package of the module."""
        return self.module.partition(".")[0]


def layers(view: object) -> Iterator[object]:
    """Yield a function and what it wraps, from the outside."""
    found = view

    for _ in range(DEEPEST):
        if found is None:
            return

        yield found

        if isinstance(found, functools.partial):
            found = found.func
        else:
            found = getattr(found, "__wrapped__", None)


def behind(view: object) -> Iterator[object]:
    """Yield what a view calls in its place, also where no ``functools.wraps`` says so.

    A decorator keeps the function that it got in the closure of the one that it gives
    back. Views beside each other in one factory may know of each other as well: those
    were written in the same function, a decorator's wrapper was not.
    """
    seen: dict[int, object] = {}
    waiting = [view]

    while waiting and len(seen) < DEEPEST:
        for layer in layers(waiting.pop()):
            if id(layer) in seen:
                break

            seen[id(layer)] = layer
            waiting.extend(_kept(layer))

    yield from list(seen.values())[1:]


def _kept(function: object) -> Iterator[object]:
    here = writing(function)
    cells: tuple[t.Any, ...] = getattr(function, "__closure__", None) or ()

    for cell in cells:
        found = _content(cell)
        there = writing(found) if callable(found) else None

        if here is None or there is None:
            continue

        beside = here.module == there.module and here.within == there.within

        # One decorator that was written twice gives two functions of one code.
        if not beside or _code(found) is _code(function):
            yield found


def _code(function: object) -> object:
    return getattr(function, "__code__", None)


def inside(function: object, name: str) -> object:
    """Return what a function finds under this name in the one that made it."""
    code = _code(function)
    cells: tuple[t.Any, ...] = getattr(function, "__closure__", None) or ()

    for free, cell in zip(getattr(code, "co_freevars", ()), cells, strict=False):
        if free == name:
            return _content(cell)

    return None


def _content(cell: t.Any) -> object:
    try:
        found = t.cast(object, cell.cell_contents)
    except ValueError:
        return None

    # Of ``session`` and its like nothing can be asked where there is no request.
    return None if type(found) is LocalProxy else found


def writing(function: object) -> Writing | None:
    """Return where a function was written, ``None`` for what has no code."""
    code: t.Any = _code(function)

    if code is None:
        # An object that is called in a view's place: its class is the decorator.
        kind = type(function)
        wraps = hasattr(function, "__wrapped__")
        return Writing(kind.__module__, (kind.__qualname__,), "") if wraps else None

    names = getattr(function, "__globals__", {})
    parts = [p.removesuffix(".__call__") for p in code.co_qualname.split(".<locals>.")]
    return Writing(str(names.get("__name__", "")), tuple(parts[:-1]), parts[-1])
