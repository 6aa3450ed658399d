"""Answers for a secret route as for an address that does not exist, by every method."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from urllib.parse import unquote
from urllib.parse import urlsplit

from flask import Flask
from flask import Request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter
from werkzeug.routing import RequestRedirect

from ..passage import Passage

#: What a browser asks before a page of another origin may send the request itself.
_PREFLIGHT = "HTTP_ACCESS_CONTROL_REQUEST_METHOD"

#: How many redirects are followed to what they lead to.
_REDIRECTS = 5

#: Whether the visitor may know of an endpoint, asked by this method.
Seen = Callable[[str, str], bool]


class Hidden:
    """Has the app answer as if it had never matched a route.

    The request is made one that matched none, so that no blueprint has a say and the
    app's own functions and its own page of 404 see what they see of any wrong address.

    :param seen: Whether the visitor of the current request may know of a route.
    """

    def __init__(self, app: Flask, seen: Seen) -> None:
        self._app = app
        self._seen = seen

    def hide(self, passage: Passage, request: Request) -> None:
        """Let the request go on as one that matched no route."""
        passage.hidden = True
        request.url_rule = None
        request.view_args = None
        request.routing_exception = NotFound()
        request.environ.pop(_PREFLIGHT, None)

    def outside(self, request: Request) -> ResponseReturnValue | None:
        """Ask the functions of the app alone, as for any unknown address.

        :raises NotFound: Where Flask would go on to ask those of a blueprint.
        """
        app = self._app

        if not app.url_value_preprocessors:
            return None

        # Flask has made its list already.
        for function in app.before_request_funcs.get(None, ())[1:]:
            answer = app.ensure_sync(function)()

            if answer is not None:
                return t.cast(ResponseReturnValue, answer)

        raise t.cast(NotFound, request.routing_exception)

    def unmatched(self, passage: Passage, request: Request) -> None:
        """Take secret routes out of what a wrong method or a missing slash tells."""
        error = request.routing_exception
        adapter = request_ctx.url_adapter

        if adapter is None or not isinstance(error, MethodNotAllowed | RequestRedirect):
            return

        path = request.path

        if isinstance(error, RequestRedirect):
            path = _path_of(error, request)

        methods, seen = self._methods(adapter, path, request.method)

        if not seen and methods:
            self.hide(passage, request)
        elif isinstance(error, MethodNotAllowed) and seen != methods:
            request.routing_exception = MethodNotAllowed(seen)

    def options(self, passage: Passage, request: Request) -> None:
        """Hide an address at which Flask would say what there is, if all is secret."""
        adapter = request_ctx.url_adapter

        if adapter is None:
            return

        methods, seen = self._methods(adapter, request.path, "OPTIONS")

        if methods and not seen:
            self.hide(passage, request)

        asked = request.environ.get(_PREFLIGHT)

        # What another origin may do there is told of methods that are no secret.
        if asked is not None and not self._known(adapter, request.path, asked):
            del request.environ[_PREFLIGHT]

    def allowed(self, request: Request) -> ResponseReturnValue | None:
        """Answer what Flask would answer by itself, without the secret methods."""
        adapter = request_ctx.url_adapter

        if adapter is None:
            return None

        methods, seen = self._methods(adapter, request.path, "OPTIONS")

        if seen == methods:
            return None

        answer = self._app.make_default_options_response()
        answer.headers["Allow"] = ", ".join(seen)
        return answer

    def _methods(
        self, adapter: MapAdapter, path: str, method: str
    ) -> tuple[list[str], list[str]]:
        """Return the methods of an address, and those of which the visitor may know.

        :param method: Stands for all of them where a rule names none.
        """
        methods = sorted(adapter.allowed_methods(path)) or [method]
        seen = [m for m in methods if m == "OPTIONS" or self._known(adapter, path, m)]
        return methods, seen if set(seen) - {"OPTIONS"} else []

    def _known(self, adapter: MapAdapter, path: str, method: str) -> bool:
        # Redirects may lead in a circle.
        for _ in range(_REDIRECTS):
            try:
                rule, _values = adapter.match(path, method, return_rule=True)
            except RequestRedirect as e:
                path = _path_of(e, request_ctx.request)
            except HTTPException:
                return True
            else:
                return self._seen(rule.endpoint, method)

        return True


def _path_of(error: RequestRedirect, request: Request) -> str:
    """Return where in the app it leads."""
    path = unquote(urlsplit(error.new_url).path)
    return path.removeprefix(request.script_root.rstrip("/"))
