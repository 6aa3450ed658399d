"""Decorators of others that ask who is there, known by the code that they leave behind.

``functools.wraps`` gives a wrapper the name of what it wraps, so its name says nothing.
Its code still knows where it was written: ``login_required.<locals>.decorated_view``, in
the module ``flask_login.utils``.
"""

from __future__ import annotations

import functools
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping

from flask import Flask

from ...controls.authorization.policy import FOREIGN
from ...controls.authorization.policy import SELF_GUARDED
from .marks import places

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


class Foreign:
    """Knows the decorators that count as declarations.

    :param names: The app's own, with their module or without.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._own = tuple(f".{name}" for name in names)

    def on_view(self, view: object, method: str) -> Iterator[str]:
        """Yield the names of those that a view has, for a request of this method."""
        for place in places(view, method):
            for layer in layers(place):
                yield from self._made(layer)

        for decorator in _of_methods(getattr(view, "view_class", None), method):
            yield from self._made(decorator, itself=True)

        package = _package(view)

        if package in SELF_GUARDED:
            yield package

    def before(self, app: Flask, blueprints: Iterable[str | None]) -> Iterator[str]:
        """Yield the names of those that a ``before_request`` function has.

        It asks before each view of its blueprint, or of the app.
        """
        for name in blueprints:
            for function in app.before_request_funcs.get(name, ()):
                for layer in layers(function):
                    yield from self._made(layer)

    def unknown(self, view: object, method: str) -> Iterator[str]:
        """Yield the decorators of a view that are not known to ask who is there."""
        for place in places(view, method):
            for layer in layers(place):
                found = writing(layer) if hasattr(layer, "__wrapped__") else None

                if found and found.within and not any(self._made(layer)):
                    yield f"{found.module}.{found.within[0]}"

    def _made(self, function: object, itself: bool = False) -> Iterator[str]:
        """Yield the decorators that made a function, of those that are known.

        :param itself: Whether the function is no view, but may be one of them.
        """
        found = writing(function)

        # A guard that lets everybody in, and only looks who it is.
        if found is None or _inside(function, "optional") is True:
            return

        known = FOREIGN.get(found.package, frozenset())

        for name in (*found.within, found.name) if itself else found.within:
            if name in known or f".{found.module}.{name}".endswith(self._own):
                yield name.rpartition(".")[2]


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


def writing(function: object) -> Writing | None:
    """Return where a function was written, ``None`` for what has no code."""
    code = getattr(function, "__code__", None)

    if code is None:
        # An object that is called in a view's place: its class is the decorator.
        kind = type(function)
        wraps = hasattr(function, "__wrapped__")
        return Writing(kind.__module__, (kind.__qualname__,), "") if wraps else None

    names = getattr(function, "__globals__", {})
    parts = [p.removesuffix(".__call__") for p in code.co_qualname.split(".<locals>.")]
    return Writing(str(names.get("__name__", "")), tuple(parts[:-1]), parts[-1])


def _inside(function: object, name: str) -> object:
    """Return what a function finds under this name in the one that made it."""
    code = getattr(function, "__code__", None)
    cells: tuple[t.Any, ...] = getattr(function, "__closure__", None) or ()

    for free, cell in zip(getattr(code, "co_freevars", ()), cells, strict=False):
        if free == name:
            try:
                return t.cast(object, cell.cell_contents)
            except ValueError:
                return None

    return None


def _of_methods(views: object, method: str) -> Iterator[object]:
    """Yield Flask-RESTful's decorators, which are laid on at each request."""
    found = getattr(views, "method_decorators", None) or ()

    if isinstance(found, Mapping):
        # As there: HEAD is asked for by its own name, though get answers it.
        found = found.get(method.lower(), ())

    if isinstance(found, list | tuple):
        yield from found


def _package(view: object) -> str:
    """Return the package in which a view itself was written."""
    views = getattr(view, "view_class", None)

    if isinstance(views, type):
        return views.__module__.partition(".")[0]

    found = writing(list(layers(view))[-1])
    # A library's wrapper around a view of the app is not the library's view.
    return found.package if found and not found.within else ""
