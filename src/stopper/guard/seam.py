"""The door in front of ``app.wsgi_app``: every answer leaves through it."""

from __future__ import annotations

import sys
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from flask import Flask

from ..catalogue.error import StopperError
from .answers import answer
from .answers import Problem
from .beginning import Beginning
from .faults import is_fault
from .passage import KEY
from .passage import Passage
from .refusal import Refused
from .stream import Stream
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

# There is no incident yet whose number a visitor could tell.
_UNREADY = "This site is not set up to answer yet."
_ASK = "Its log tells whoever runs it what to do."


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
            return self._refuse_to_start(e, environ, start_response)

        passage = environ[KEY] = Passage(self._owner, environ, True)
        beginning = Beginning(walk, passage, start_response)

        try:
            for look in walk.doors:
                look(passage)

            body = self.inner(environ, beginning.start)

            if beginning.streamed and not _is_file(body, environ):
                body = Stream(body, lambda e: self._broke_off(e, walk, beginning))

            beginning.end(body)
            return body
        except Refused as e:
            # Flask answers those that are raised inside of it: this is the door's.
            body = walk.answer(e, environ)(environ, beginning.start)
            beginning.end(body)
            return body
        except BaseException as e:
            if self._propagates() or not is_fault(e, environ):
                raise

            self._app.logger.error(
                "An error below Flask (incident %s).", passage.request_id, exc_info=True
            )
            return self._failed(walk, passage, beginning)

    def _propagates(self) -> bool:
        # As Flask decides: under tests and in the debugger an error is to be seen.
        said = self._app.config["PROPAGATE_EXCEPTIONS"]
        return bool(said) if said is not None else self._app.testing or self._app.debug

    def _failed(
        self, walk: Walk, passage: Passage, beginning: Beginning
    ) -> Iterable[bytes]:
        error = sys.exc_info()
        answered = walk.failed(passage, error[0], beginning.rule)

        try:
            body = answered(passage.environ, beginning.start)
        except Exception:
            self._app.logger.error("A guard failed.", exc_info=True)
            length = ("Content-Length", str(len(_MESSAGE)))
            beginning.replace("500 Internal Server Error", [*BARE, length])
            body = [_MESSAGE]

        # A second beginning replaces the first, if that one was not sent yet, and says
        # so by its error. Where it was sent this raises: the server breaks it off.
        beginning.begin(error if beginning.begun else None)
        return body

    def _broke_off(
        self, error: BaseException, walk: Walk, beginning: Beginning
    ) -> None:
        passage = beginning.passage

        if self._propagates() or not is_fault(error, passage.environ):
            return

        self._app.logger.error(
            "An answer broke off midway (incident %s).",
            passage.request_id,
            exc_info=True,
        )
        walk.broke_off(passage, type(error), beginning.rule)

    def _refuse_to_start(
        self,
        error: StopperError,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        if self._propagates():
            raise error

        self._app.logger.critical("The app does not start: %s", error)
        answered = answer(Problem(500, says=_UNREADY, advice=_ASK), environ)

        for name, value in BARE[1:]:
            answered.headers[name] = value

        return answered(environ, start_response)


def _is_file(body: Iterable[bytes], environ: WSGIEnvironment) -> bool:
    # The server may have a faster way for files, and knows them by their class.
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)
