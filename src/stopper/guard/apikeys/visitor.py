"""Takes away what a browser says by itself: a route that takes keys ignores cookies."""

from __future__ import annotations

import typing as t

from flask import Request
from flask.globals import request_ctx
from flask.sessions import NullSession
from werkzeug.datastructures import CallbackDict

from ..passage import Passage


class NoSession(NullSession):
    """The session of a request that has none: what is written to it is forgotten.

    Other extensions write to a session when nobody asked them to, and a program's
    request should not fail because of it.
    """


_WRITES = (
    "__setitem__",
    "__delitem__",
    "clear",
    "pop",
    "popitem",
    "update",
    "setdefault",
)

for _name in _WRITES:
    setattr(NoSession, _name, getattr(CallbackDict, _name))


def forget(passage: Passage, request: Request) -> None:
    """Have the request come without cookies, and so from no visitor.

    Nothing was read of the session yet, and nothing will be.
    """
    request.environ.pop("HTTP_COOKIE", None)
    # Flask's own sessions look at the cookies before the route is known.
    request.__dict__.pop("cookies", None)

    if passage.session is not None:
        passage.session.lose()
    else:
        context = t.cast(t.Any, request_ctx)
        name = "_session" if hasattr(context, "_session") else "session"
        setattr(context, name, NoSession())
