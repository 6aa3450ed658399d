"""The passage of one request: what is known of it while it is served."""

from __future__ import annotations

import secrets
import threading
import typing as t

from flask import has_request_context
from flask import Request
from flask import request

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from .apikeys.key import Key
    from .sessions.session import Session
    from .stores.base import Take
    from .stores.base import Trip
    from .stores.base import Verdict

#: Where the passage stands in the WSGI environment.
KEY = "stopper.passage"

_LOCK = threading.Lock()


class Passage:
    """What is known of one request while it is served.

    :param owner: What it belongs to: two apps may serve one environment.
    :param environ: The WSGI environment of the request.
    :param seamed: Whether the request came in through ``app.wsgi_app``, so that it
        came through the door and its answer gets its headers.
    """

    # Class attributes and not __init__: most requests never touch most of them.
    _nonce = ""
    _request_id = ""
    _templates: set[str] | None = None
    #: Whether this is a probe's request: no session, no limits.
    health = False
    #: Whether the address is that of a route of which the visitor may not know.
    hidden = False
    #: Whether the view made its answer part by part, whatever length it tells.
    streamed = False
    #: The session of the sessions control, ``None`` where that is not at work.
    session: Session | None = None
    #: The hash of the session's id, for the trip; ``None`` if none is to be read.
    session_id: bytes | None = None
    #: What is to be taken from allowances, for the trip; the rate limits' alone.
    takes: tuple[Take, ...] = ()
    #: What the trip brought back, ``None`` if there was none (yet).
    trip: Trip | None = None
    #: The key that came with the request, on a route that takes keys; ``None`` else.
    key: Key | None = None
    #: What is to be taken from the key's allowance, on the same trip.
    key_takes: tuple[Take, ...] = ()
    #: What came of that.
    key_verdicts: tuple[Verdict, ...] = ()
    #: Whether the store could not be reached when the trip was made.
    store_down = False
    #: What is counted for the request, ``None`` where nothing is.
    tally: t.Any = None
    #: The seconds that are left of the allowance for every request there is.
    room = 0.0
    #: The headers that the answer had before any guard, by their names in lower case.
    given: t.Mapping[str, str] | None = None
    #: What guards keep for a later step of their own, by the control's name.
    kept: dict[str, t.Any] | None = None

    def __init__(self, owner: object, environ: WSGIEnvironment, seamed: bool) -> None:
        self.owner = owner
        self.environ = environ
        self.seamed = seamed

    @property
    def templates(self) -> set[str]:
        """The names of the templates that the answer was made of."""
        if self._templates is None:
            self._templates = set()

        return self._templates

    @property
    def templated(self) -> bool:
        """Whether a template was loaded for the answer."""
        return bool(self._templates)

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

    def number(self) -> None:
        """Give the request its id, so that its answer shows it."""
        self._request_id = self.request_id

    @property
    def known_by_id(self) -> bool:
        """Whether anybody asked for the id, so that the answer should show it."""
        return bool(self._request_id)

    def keep(self, control: str, value: t.Any) -> None:
        """Keep something for a later step of the same control."""
        if self.kept is None:
            self.kept = {}

        self.kept[control] = value

    def held(self, control: str) -> t.Any:
        """Return what :meth:`keep` was given, ``None`` if nothing was."""
        return None if self.kept is None else self.kept.get(control)


def served(environ: t.Mapping[str, t.Any]) -> Request | None:
    """Return the request object that Flask made of this environment, if it did."""
    found = environ.get("werkzeug.request")
    return found if isinstance(found, Request) else None


def of(owner: object, environ: WSGIEnvironment) -> Passage:
    """Return the passage of this environment, made if there is none.

    A request that did not come in through the seam, as in ``test_request_context``,
    gets one that says so.
    """
    passage = environ.get(KEY)

    if isinstance(passage, Passage) and passage.owner is owner:
        return passage

    passage = Passage(owner, environ, seamed=False)
    environ[KEY] = passage
    return passage


def current(owner: object) -> Passage | None:
    """Return the passage of the current request, ``None`` outside of one."""
    return of(owner, request.environ) if has_request_context() else None
