"""The door in front of ``app.wsgi_app``: every answer leaves through it."""

from __future__ import annotations

import sys
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from flask import Flask

from ..catalogue.error import StopperError
from .base import Headers
from .passage import KEY
from .passage import Passage
from .refusal import Refused
from .walk import Walk

if t.TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from _typeshed.wsgi import WSGIApplication
    from _typeshed.wsgi import WSGIEnvironment

#: What an answer carries that no guard could be asked about.
BARE = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
)

_MESSAGE = b"Internal Server Error\n"


class Seam:
    """Stands in front of ``app.wsgi_app`` and lets the guards at every header list.

    Flask saves the session after the last ``after_request`` function, and loses what
    ours did when another one raises: only here is the list complete, and only here is
    it certain to come by.

    :param owner: What a passage belongs to: two apps may serve one environment.
    :param settle: Returns the walk of the guards, and builds them at the first request.
    """

    def __init__(
        self, app: Flask, owner: object, settle: Callable[[WSGIEnvironment], Walk]
    ) -> None:
        self._app = app
        self.inner: WSGIApplication = app.wsgi_app
        self._owner = owner
        self._settle = settle

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Serve one request."""
        try:
            walk = self._settle(environ)
        except StopperError as e:
            return self._refuse_to_start(e, start_response)

        passage = environ[KEY] = Passage(self._owner, environ, True)
        begun = False

        def start(status: str, headers: Headers, exc_info: t.Any = None) -> t.Any:
            nonlocal begun
            walk.headers(passage, int(status[:3]), headers)
            begun = True

            if exc_info is None:
                return start_response(status, headers)

            return start_response(status, headers, exc_info)

        try:
            for look in walk.doors:
                look(passage)

            return self.inner(environ, t.cast("StartResponse", start))
        except Refused as e:
            # Flask answers those that are raised inside of it: this is the door's.
            return walk.answer(e, environ)(environ, t.cast("StartResponse", start))
        except Exception:
            if self._propagates():
                raise

            self._app.logger.error("An error below Flask.", exc_info=True)
            # A second beginning replaces the first, if that one was not sent yet, and
            # says so by its error (PEP 3333).
            return self._fail(start, start_response, sys.exc_info() if begun else None)

    def _propagates(self) -> bool:
        # As Flask decides: under tests and in the debugger an error is to be seen.
        said = self._app.config["PROPAGATE_EXCEPTIONS"]
        return bool(said) if said is not None else self._app.testing or self._app.debug

    def _fail(
        self, start: t.Any, start_response: t.Any, error: t.Any
    ) -> Iterable[bytes]:
        status = "500 Internal Server Error"
        length = ("Content-Length", str(len(_MESSAGE)))
        more = () if error is None else (error,)

        try:
            start(status, [BARE[0], length], *more)
        except Exception:
            if error is not None and sys.exc_info()[1] is error[1]:
                # The answer is on its way: the server has to break it off.
                raise

            self._app.logger.error("A guard failed.", exc_info=True)
            start_response(status, [*BARE, length], *more)

        return [_MESSAGE]

    def _refuse_to_start(
        self, error: StopperError, start_response: StartResponse
    ) -> Iterable[bytes]:
        if self._propagates():
            raise error

        self._app.logger.critical("The app does not start: %s", error)
        length = ("Content-Length", str(len(_MESSAGE)))
        start_response("500 Internal Server Error", [*BARE, length])
        return [_MESSAGE]
