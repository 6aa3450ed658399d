"""Where marks of a view may stand: one list of places for every guard that reads marks."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from flask import Flask

from .layers import behind


class Place(t.NamedTuple):
    """Where a mark may stand.

    :param thing: A function, a class of views, a blueprint or an app.
    :param opens: Whether a mark there may open the view. One that it comes by from a
        parent, or that a wrapper hides, only shuts it.
    """

    thing: object
    opens: bool = True


def places(view: object, method: str) -> Iterator[Place]:
    """Yield where marks of a view may stand for a request of this method, nearest first."""
    views = getattr(view, "view_class", None)

    if isinstance(views, type):
        yield from _in_class(views, _verb(views, method))

    yield Place(view)

    for layer in behind(view):
        yield Place(layer, opens=False)
        inner = getattr(layer, "view_class", None)

        # A wrapper without functools.wraps hides the class as well.
        if isinstance(inner, type) and inner is not views:
            for place in _in_class(inner, _verb(inner, method)):
                yield place._replace(opens=False)


def _verb(views: type, method: str) -> str:
    """Return the name of the method that answers: ``get`` does, where there is no ``head``."""
    name = method.lower()
    return "get" if name == "head" and not hasattr(views, name) else name


def _in_class(views: type, verb: str) -> Iterator[Place]:
    """Yield what is in a class and in its parents.

    A method that was written over is looked at, too: whoever did so did not mean to
    open what it shuts.
    """
    runs: set[str] = set()

    for base in views.__mro__:
        for name in (verb, "dispatch_request"):
            function = vars(base).get(name)

            if function is not None:
                yield Place(function, opens=name not in runs)
                runs.add(name)

                for layer in behind(function):
                    yield Place(layer, opens=False)

        yield Place(base, opens=base is views)


def around(app: Flask, endpoint: str) -> Iterator[object]:
    """Yield the blueprints in which a view is, the innermost first, and the app."""
    name = endpoint.rpartition(".")[0]

    while name:
        yield app.blueprints.get(name)
        name = name.rpartition(".")[0]

    yield app
