"""Answers errors with a page that tells the visitor nothing but an incident number."""

from __future__ import annotations

import typing as t

from flask import Flask
from flask import Request
from flask import Response
from flask.globals import request_ctx
from werkzeug.exceptions import default_exceptions
from werkzeug.exceptions import HTTPException

from ...catalogue.event import Action
from ...controls.errors.control import ERRORS
from .. import passage as passages
from ..answers import answer
from ..answers import dressed
from ..answers import Form
from ..answers import form_for
from ..answers import Problem
from ..base import Guard
from ..base import Headers
from ..house import House
from ..inputs.limits import limit_of
from ..passage import Passage
from ..refusal import Refused
from .leaks import leak
from .leaks import texts_of
from .own import OwnPage
from .own import TEMPLATE


class ErrorsGuard(Guard):
    """Answers errors with a page that tells the visitor nothing but an incident number.

    It stands where Flask makes an answer of an exception that no handler of the app
    took, so every handler, of a code or a class, of the app or a blueprint, goes first.
    """

    control = ERRORS
    looks_from = 500
    judges_from = 500

    def __init__(self, house: House) -> None:
        super().__init__(house)
        app = house.app
        self._app = app
        self._own = OwnPage(app)
        self._finalize = app.finalize_request
        self._handle = app.handle_user_exception
        self._log = app.log_exception
        house.shown = self._shown
        # There is no other place between the handlers and the answer. They are set on
        # this app alone, and each calls what was there before.
        app.finalize_request = self.finalize  # type: ignore[method-assign]
        app.handle_user_exception = self.handle  # type: ignore[method-assign]
        app.log_exception = self.log  # type: ignore[method-assign]

    def handle(self, e: Exception) -> t.Any:
        """Remember what an exception says, for its handler may show that.

        A refusal whose handler fails is a refusal all the same, and no error 500.
        """
        self._remember(e)

        if not isinstance(e, Refused):
            return self._handle(e)

        try:
            return self._handle(e)
        except Exception as failed:
            if failed is e or self._app.testing or self._app.debug:
                raise

            self._app.logger.exception("The handler of a refusal failed.")
            self.house.emit(
                "errors",
                "error-handler-broken",
                Action.FAILED,
                f"The app's handler of {e.code} raised, so the refusal is shown as it is.",
                exception=type(failed).__qualname__,
            )
            return e

    def log(self, exc_info: t.Any) -> None:
        """Log an exception that nobody handled, with the number that the answer has."""
        request = request_ctx.request
        number = self._passage().request_id
        self.house.emit(
            "errors",
            "unhandled-exception",
            Action.NOTED,
            "A view raised, and nothing handled it. The traceback is in the app's log.",
            exception=exc_info[0].__qualname__ if exc_info[0] else None,
        )

        # A class of the app's own may log elsewhere.
        if type(self._app).log_exception is not Flask.log_exception:
            self._log(exc_info)
            return

        self._app.logger.error(
            "Exception on %s [%s] (incident %s)",
            _printable(request.path),
            _printable(request.method),
            number,
            exc_info=exc_info,
        )

    def finalize(self, rv: t.Any, from_error_handler: bool = False) -> Response:
        """Make the answer of what a view or a handler returned."""
        if from_error_handler:
            self._remember(getattr(rv, "original_exception", None))

        if isinstance(rv, HTTPException):
            rv = self._shown(rv)
        elif isinstance(rv, tuple) and rv and isinstance(rv[0], HTTPException):
            rv = (self._shown(rv[0]), *rv[1:])

        try:
            return self._finalize(rv, from_error_handler)
        except Refused as e:
            # An `after_request` function asked for what is refused.
            if isinstance(rv, Response):
                rv.close()

            return self.finalize(self.handle(e), from_error_handler=True)

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Replace an answer that shows a traceback or an exception's own text."""
        if response.status_code < 500 or self._app.debug:
            return

        if response.is_streamed or response.direct_passthrough:
            return

        found = leak(response.get_data(), passage.held("errors") or ())

        if not found:
            return

        reporting = self.reporting
        self.house.emit(
            "errors",
            "leaking-answer",
            Action.REPORTED if reporting else Action.REFUSED,
            "The answer to an error shows "
            + ("a traceback." if found == "traceback" else "what an exception says.")
            + " Log it, and answer with words of your own.",
            status=response.status_code,
        )

        if not reporting:
            self._replace(response, passage)

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Put the incident's number on every answer that says that something broke."""
        if not any(n.lower() == "x-request-id" for n, _ in headers):
            headers.append(("X-Request-ID", passage.request_id))

    def _shown(self, error: HTTPException) -> t.Any:
        """Return the answer in the place of Werkzeug's page, or what has its own look."""
        if self.reporting or not _plain(error):
            return error

        return self._answer(_problem(error, self._app.debug))

    def _answer(self, problem: Problem) -> Response:
        environ = request_ctx.request.environ
        own = self._own_page(problem) if form_for(environ) is Form.PAGE else None
        return own or answer(problem, environ)

    def _own_page(self, problem: Problem) -> Response | None:
        number = self._passage().request_id

        try:
            text = self._own.render(problem, number)
        except Exception as e:
            self._app.logger.exception(
                "%s failed (incident %s), so the built-in page is sent.",
                TEMPLATE,
                number,
            )
            self._note_broken(e)
            return None

        if text is None:
            return None

        return dressed(Response(text, problem.status), problem, Form.PAGE, number)

    def _note_broken(self, error: Exception) -> None:
        if self.house.once(("error-page-broken", type(error))):
            self.house.emit(
                "errors",
                "error-page-broken",
                Action.FAILED,
                f"The app's own {TEMPLATE} raised {type(error).__qualname__}. The "
                "built-in page is sent.",
            )

    def _replace(self, response: Response, passage: Passage) -> None:
        problem = Problem(response.status_code)
        response.set_data(self._answer(problem).get_data())

        for name in (
            "ETag",
            "Last-Modified",
            "Content-Encoding",
            "Content-Disposition",
        ):
            response.headers.pop(name, None)

        form = form_for(passage.environ)
        dressed(response, problem, form, passage.request_id)

    def _remember(self, error: BaseException | None) -> None:
        texts = texts_of(error, self._app)

        if texts:
            self._passage().keep("errors", texts)

    def _passage(self) -> Passage:
        return passages.of(self.house.owner, request_ctx.request.environ)


def _plain(error: HTTPException) -> bool:
    """Say whether an exception would be answered with Werkzeug's own page."""
    if error.code is None or error.code < 400 or error.response is not None:
        return False

    if isinstance(error, Refused):
        return True

    kind = type(error)
    return all(
        getattr(kind, name) is getattr(HTTPException, name)
        for name in ("get_response", "get_body", "get_description", "__call__")
    )


def _problem(error: HTTPException, debug: bool) -> Problem:
    if isinstance(error, Refused):
        return error.refusal.problem(debug)

    status = error.code or 500
    usual = default_exceptions.get(status)
    says = error.description or ""
    return Problem(
        status,
        title=error.name,
        says="" if usual and says == usual.description else says,
        headers=tuple(error.get_headers(request_ctx.request.environ)),
        developer=_told(status) if debug else "",
    )


def _told(status: int) -> str:
    """Return what a developer asks about a mysterious 413."""
    return limit_of(request_ctx.request) if status == 413 else ""


def _printable(text: str) -> str:
    # What a request says must not begin a line of the log.
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
