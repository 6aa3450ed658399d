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

    def hide(self, request: Request) -> ResponseReturnValue | None:
        """Let the request go on as one that matched no route.

        :raises NotFound: Where Flask has begun to ask the functions of a blueprint.
        """
        request.url_rule = None
        request.view_args = None
        request.routing_exception = NotFound()
        app = self._app

        if not app.url_value_preprocessors:
            return None

        # Flask has made its list already, so those of the app alone are asked here.
        for function in app.before_request_funcs.get(None, ())[1:]:
            answer = app.ensure_sync(function)()

            if answer is not None:
                return t.cast(ResponseReturnValue, answer)

        raise request.routing_exception

    def unmatched(self, request: Request) -> ResponseReturnValue | None:
        """Take secret routes out of what a wrong method or a missing slash tells."""
        error = request.routing_exception
        adapter = request_ctx.url_adapter

        if adapter is None or not isinstance(error, MethodNotAllowed | RequestRedirect):
            return None

        path = request.path

        if isinstance(error, RequestRedirect):
            path = unquote(urlsplit(error.new_url).path)
            path = path.removeprefix(request.script_root.rstrip("/"))

        methods, seen = self._methods(adapter, path)

        if not seen and methods:
            return self.hide(request)

        if isinstance(error, MethodNotAllowed) and seen != methods:
            request.routing_exception = MethodNotAllowed(seen)

        return None

    def options(self, request: Request) -> ResponseReturnValue | None:
        """Answer what Flask would answer by itself, without the secret methods."""
        adapter = request_ctx.url_adapter

        if adapter is None:
            return None

        methods, seen = self._methods(adapter, request.path)

        if seen == methods:
            return None

        if not seen:
            return self.hide(request)

        answer = self._app.make_default_options_response()
        answer.headers["Allow"] = ", ".join(seen)
        return answer

    def _methods(self, adapter: MapAdapter, path: str) -> tuple[list[str], list[str]]:
        """Return the methods of an address, and those of which the visitor may know."""
        methods = sorted(adapter.allowed_methods(path))
        seen = [m for m in methods if m == "OPTIONS" or self._known(adapter, path, m)]
        return methods, seen if set(seen) - {"OPTIONS"} else []

    def _known(self, adapter: MapAdapter, path: str, method: str) -> bool:
        try:
            rule, _ = adapter.match(path, method, return_rule=True)
        except HTTPException:
            return True

        return self._seen(rule.endpoint, method)
