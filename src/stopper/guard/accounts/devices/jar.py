"""The cookies of accounts in one browser: what it brings, and what it gets."""

from __future__ import annotations

import typing as t

from flask import current_app
from flask import has_request_context
from flask import request
from flask import session

from ....controls.accounts.control import ACCOUNTS
from ...hostcookie import HostCookie
from ...passage import current as passage_of
from .. import login
from .series import id_in

#: What a browser is remembered for: to stay logged in, to need no second factor.
LOGIN, MFA = "login", "mfa"

#: That it is known.
KNOWN = "known"

_NAMES = {LOGIN: "stopper-remember", MFA: "stopper-mfa", KNOWN: "stopper-device"}


class Jar:
    """The cookies of accounts in the browser that asks.

    :param relaxed: Whether this is a developer's machine or a test.
    """

    def __init__(self, relaxed: bool) -> None:
        self._cookies = {key: HostCookie(name, relaxed) for key, name in _NAMES.items()}

    def read(self, what: str, environ: t.Mapping[str, t.Any]) -> str:
        """Return what a request brings, empty if that is nothing of ours."""
        return self._cookies[what].read(environ)

    def put(self, what: str, value: str, lasts: float) -> None:
        """Have the answer to this request give the browser a cookie.

        :param lasts: Seconds.
        """
        passage = passage_of(current_app.extensions["stopper"])

        if passage is None:
            return

        # What is said last of a cookie holds; the guard puts it on the answer.
        lines: dict[str, str] = passage.held(ACCOUNTS.name) or {}
        lines[what] = self._cookies[what].line(value, passage.environ, lasts)
        passage.keep(ACCOUNTS.name, lines)

    def drop(self, what: str) -> None:
        """Have the browser forget a cookie."""
        self.put(what, "", 0.0)

    def series(self) -> set[str]:
        """Return the ids of the rows that the browser of this request is in."""
        if not has_request_context():
            return set()

        values = (self.read(what, request.environ) for what in (LOGIN, MFA))
        return {*map(id_in, values), login.series_of(session)} - {""}
