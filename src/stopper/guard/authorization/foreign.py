"""Decorators of others that ask who is there, known by the code that they leave behind.

``functools.wraps`` gives a wrapper the name of what it wraps, so its name says nothing.
Its code still knows where it was written: ``login_required.<locals>.decorated_view``, in
the module ``flask_login.utils``.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping

from flask import Flask

from ...controls.authorization.policy import FOREIGN
from ...controls.authorization.policy import SELF_GUARDED
from .layers import inside
from .layers import layers
from .layers import writing
from .places import places


class Foreign:
    """Knows the decorators that count as declarations.

    :param names: The app's own, with their module or without.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._own = tuple(f".{name}" for name in names)

    def on_view(self, view: object, method: str) -> Iterator[str]:
        """Yield the names of those that a view has, for a request of this method."""
        for layer in _called(view, method):
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
        for layer in _called(view, method):
            found = writing(layer) if hasattr(layer, "__wrapped__") else None

            if found and found.within and not any(self._made(layer)):
                yield f"{found.module}.{found.within[0]}"

    def _made(self, function: object, itself: bool = False) -> Iterator[str]:
        """Yield the decorators that made a function, of those that are known.

        :param itself: Whether the function is no view, but may be one of them.
        """
        found = writing(function)

        # A guard that lets everybody in, and only looks who it is.
        if found is None or inside(function, "optional") is True:
            return

        known = FOREIGN.get(found.package, frozenset())

        for name in (*found.within, found.name) if itself else found.within:
            if name in known or f".{found.module}.{name}".endswith(self._own):
                yield name.rpartition(".")[2]


def _called(view: object, method: str) -> Iterator[object]:
    """Yield the functions that run for a request, from the outside."""
    for place in places(view, method):
        # What only seems to be wrapped may never be called, and asks nobody then.
        if place.opens:
            yield from layers(place.thing)


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
