"""Holds back the beginning of an answer until the answer is there."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from .base import Headers
from .passage import Passage
from .passage import served
from .stream import close
from .walk import Walk

if t.TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


class Beginning:
    """What the app says of its answer; the server hears of it once it is there.

    Until then Flask may still fail, and gunicorn would send the lines of both answers,
    two lengths among them.

    :param start_response: The server's.
    """

    # Class attributes and not __init__: most answers never change most of them.
    _status = ""
    _headers: Headers | None = None
    _writing: t.Any = None
    #: Whether the server has heard of it.
    begun = False
    #: Whether the app has returned its answer.
    returned = False
    #: Whether it is made part by part, as far as is known: it may fail midway.
    streamed = True
    #: The URL rule, where a stream may fail after Flask took the request away.
    rule: str | None = None

    def __init__(
        self, walk: Walk, passage: Passage, start_response: StartResponse
    ) -> None:
        self._walk = walk
        self.passage = passage
        self._start_response = start_response

    def start(self, status: str, headers: Headers, exc_info: t.Any = None) -> t.Any:
        """Take the beginning of an answer, as ``start_response`` does (PEP 3333)."""
        self._walk.headers(self.passage, int(status[:3]), headers)
        self._status, self._headers = status, headers
        self.streamed = self.passage.streamed or not _sized(headers)

        if self.streamed:
            request = served(self.passage.environ)
            rule = request.url_rule if request else None
            self.rule = rule.rule if rule else None

        # Only who writes by hand has begun before the answer is there, and an app that
        # is a generator says what it answers when it is asked for a part.
        if self.returned or (self.begun and exc_info):
            return self.begin(exc_info)

        return self.write

    def replace(self, status: str, headers: Headers) -> None:
        """Take what is sent where no guard could look at it."""
        self._status, self._headers = status, headers

    def begin(self, error: t.Any = None) -> t.Any:
        """Tell the server, with the error because of which it hears once more."""
        self.begun = True
        headers = self._headers or []

        if error is None:
            return self._start_response(self._status, headers)

        return self._start_response(self._status, headers, error)

    def end(self, body: Iterable[bytes]) -> None:
        """Tell the server, if the app said something and nobody wrote by hand.

        :param body: What the app returned; closed where the server does not take its
            beginning and so never gets to see it.
        """
        if self._status and not self.begun:
            try:
                self.begin()
            except BaseException:
                close(body)
                raise

        self.returned = True

    def write(self, data: bytes) -> None:
        """Send a part, as WSGI lets old apps do."""
        self._writing = self._writing or self.begin()
        self._writing(data)


def _sized(headers: Headers) -> bool:
    """Say whether an answer is there as a whole: only then is its length known."""
    for name, _ in headers:
        # As Werkzeug writes it, which is nearly always; every answer comes by here.
        if name == "Content-Length":
            return True

    return any(name.lower() == "content-length" for name, _ in headers)
