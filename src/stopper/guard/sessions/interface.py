"""Stands where Flask asks for a session, and hands the work to who keeps it."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from flask import Flask
from flask import Request
from flask import Response
from flask.globals import request_ctx
from flask.sessions import NullSession
from flask.sessions import SecureCookieSessionInterface
from flask.sessions import SessionMixin

from ..passage import served
from .keeper import Keeper
from .session import Session


class Interface(SecureCookieSessionInterface):
    """Flask's own interface until the guard is at work, and the guard's from then on.

    :param settle: Builds the guards; a test may open a session before any request.
    """

    def __init__(self, settle: Callable[[], object]) -> None:
        self._settle = settle
        self._settled = False
        #: Who keeps the sessions, ``None`` where the control is off or only reports.
        self.keeper: Keeper | None = None
        #: The walk back from the view, which ends where the session is saved.
        self.after: Callable[[Response, Request | None], object] | None = None

    def is_null_session(self, obj: object) -> bool:
        """Say that there is something to do at the end of every request."""
        return False

    def open_session(self, app: Flask, request: Request) -> t.Any:
        """Return the session of a request."""
        if not self._settled:
            self._settle()
            self._settled = True

        if self.keeper is None:
            return super().open_session(app, request)

        return self.keeper.open(request)

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        """Keep what was written, and put the cookie on the answer."""
        request = None

        if isinstance(session, Session) and session.walked:
            request = served(session.environ)

        # A test that writes to a session of its own has no answer to walk back with.
        if self.after is not None and (request or session is request_ctx._session):
            self.after(response, request)

        if self.keeper is not None and isinstance(session, Session):
            self.keeper.save(session, response)
        elif not isinstance(session, NullSession):
            super().save_session(app, session, response)


def replaceable(app: Flask) -> bool:
    """Say whether the app has Flask's own interface, which ours takes the place of."""
    return type(app.session_interface) in (SecureCookieSessionInterface, Interface)
