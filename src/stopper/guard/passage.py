"""The passage of one request: what is known of it while it is served."""

from __future__ import annotations

import secrets
import threading
import typing as t

from flask import has_request_context
from flask import Request
from flask import request

#: Where the passage stands in the WSGI environment.
KEY = "stopper.passage"

_LOCK = threading.Lock()


class Passage:
    """What is known of one request while it is served.

    :param seamed: Whether the request came in through ``app.wsgi_app``, so that its
        answer gets its headers.
    """

    __slots__ = ("_nonce", "_request_id", "owner", "seamed", "templates")

    def __init__(self, owner: object, seamed: bool) -> None:
        self.owner = owner
        self.seamed = seamed
        self.templates: set[str] = set()
        self._nonce = ""
        self._request_id = ""

    @property
    def nonce(self) -> str:
        """The nonce of the request's page: 128 random bits, as URL-safe text."""
        if not self._nonce:
            # Two threads may serve one request (a copied context), and have to agree.
            with _LOCK:
                self._nonce = self._nonce or secrets.token_urlsafe(16)

        return self._nonce

    @property
    def request_id(self) -> str:
        """The id that the answer and the log share; never the client's own."""
        if not self._request_id:
            with _LOCK:
                self._request_id = self._request_id or secrets.token_hex(16)

        return self._request_id

    @property
    def known_by_id(self) -> bool:
        """Whether anybody asked for the id, so that the answer should show it."""
        return bool(self._request_id)


def served(environ: t.Mapping[str, t.Any]) -> Request | None:
    """Return the request object that Flask made of this environment, if it did."""
    found = environ.get("werkzeug.request")
    return found if isinstance(found, Request) else None


def current(owner: object) -> Passage | None:
    """Return the passage of the current request, ``None`` outside of one.

    A request that did not come in through the seam, as in ``test_request_context``,
    gets one that says so.
    """
    if not has_request_context():
        return None

    passage = request.environ.get(KEY)

    if not isinstance(passage, Passage) or passage.owner is not owner:
        passage = Passage(owner, seamed=False)
        request.environ[KEY] = passage

    return passage
