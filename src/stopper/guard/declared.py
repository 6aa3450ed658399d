"""What was declared for a view: its own mark, else that of its nearest blueprint."""

from __future__ import annotations

import typing as t

from flask import Flask

MarkT = t.TypeVar("MarkT")


def mark_on(found: object, attribute: str, kind: type[MarkT]) -> MarkT | None:
    """Return the mark that stands on this very object."""
    mark = getattr(found, attribute, None)
    return mark if isinstance(mark, kind) else None


def standing(view: object, method: str) -> tuple[object, object, object]:
    """Return where the marks of a view stand, for a request of this method.

    The view function, its class of views, and that one's method, or else its
    ``dispatch_request``; ``None`` where there is none. What comes later stands closer.
    """
    views = getattr(view, "view_class", None)

    if views is None:
        return view, None, None

    name = method.lower()
    # A HEAD request is served by get where there is no head.
    function = getattr(views, name, None) or (
        getattr(views, "get", None) if name == "head" else None
    )
    # One that is no MethodView answers every method there.
    function = function or getattr(views, "dispatch_request", None)
    return view, views, function


def of_view(
    view: object, method: str, attribute: str, kind: type[MarkT]
) -> MarkT | None:
    """Return the mark of a view for a request of this method, ``None`` without one.

    That of a method of a class of views goes before that of the class.
    """
    for place in reversed(standing(view, method)):
        found = mark_on(place, attribute, kind)

        if found is not None:
            return found

    return None


def of_endpoint(
    app: Flask, endpoint: str, method: str, attribute: str, kind: type[MarkT]
) -> MarkT | None:
    """Return the mark of an endpoint: its view's, else that of its nearest blueprint."""
    view = app.view_functions.get(endpoint)
    found = of_view(view, method, attribute, kind)
    name = endpoint.rpartition(".")[0]

    while found is None and name:
        found = mark_on(app.blueprints.get(name), attribute, kind)
        name = name.rpartition(".")[0]

    return found
