"""Which views take what other sites send: marks on the function, no wrapper."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from flask import Blueprint
from flask import Flask

from ...catalogue.error import SettingError
from .fields import csrf_token

MarkedT = t.TypeVar("MarkedT", bound=Callable[..., t.Any] | Blueprint)

#: Where the mark stands. ``functools.wraps`` copies it along.
ATTRIBUTE = "_stopper_csrf_exempt"


class Marking:
    """Exempts a view, a method of one, a class of views or a blueprint.

    ::

        @app.post("/hooks/payment")
        @stopper.csrf.exempt
        def payment(): ...
    """

    def exempt(self, view: MarkedT) -> MarkedT:
        """Let every site send requests to this view: it knows its sender in another way.

        The mark is on the function, and never goes by its name. It works before
        ``init_app``, and in any order with other decorators that use ``wraps``.

        :raises SettingError: If it is given a name.
        """
        if isinstance(view, str):
            raise SettingError(
                "csrf.exempt marks the view itself, a class of views or a blueprint, and "
                f"not a name such as {view[:80]!r}."
            )

        setattr(view, ATTRIBUTE, True)
        return view

    def token(self, action: str = "", method: str = "POST") -> str:
        """Return a token for the current visitor, as ``csrf_token()`` of templates does.

        :param action: Where it is sent to; counts if ``STOPPER_CSRF_PER_FORM`` is on,
            and is then the current address if left out.
        """
        return csrf_token(action, method)


def exempt(app: Flask, endpoint: str | None, method: str) -> bool:
    """Say whether the endpoint takes such requests from every site."""
    view = app.view_functions.get(endpoint) if endpoint else None

    if endpoint is None or view is None:
        return False

    views = getattr(view, "view_class", None)
    # A class is exempt by itself, and not because its parent is.
    mine = ATTRIBUTE in vars(views) if views is not None else False
    marked = [view, views if mine else None, getattr(views, method.lower(), None)]
    # The names of a nested blueprint's parents are its own, from the left.
    parts = endpoint.split(".")[:-1]
    names = (".".join(parts[:n]) for n in range(1, len(parts) + 1))
    marked += [app.blueprints.get(name) for name in names]
    return any(getattr(one, ATTRIBUTE, False) is True for one in marked)
