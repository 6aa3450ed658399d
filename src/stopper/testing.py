"""For tests of apps that are guarded: a client that asks as a browser does, and events."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Callable
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SessionMixin
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .catalogue.event import Action
from .catalogue.event import Event
from .controls.general import ORIGIN
from .controls.general import origin_of
from .controls.general import Origins
from .guard.events import event

#: Where an app is asked that has no ``STOPPER_ORIGIN`` and no ``SERVER_NAME``.
LOCALHOST = "https://localhost"

#: Methods with which a browser sends no ``Origin`` to the site of the page itself
#: (Fetch standard, "append a request Origin header").
_SAFE = frozenset({"GET", "HEAD"})


class Client(FlaskClient):
    """Asks an app over HTTPS at its own origin, as a browser on one of its pages does.

    A whole test suite needs one line::

        app.test_client_class = stopper.testing.Client

    The origin is that of ``STOPPER_ORIGIN``, or else ``https://localhost``. Every
    request has ``Sec-Fetch-Site``, and ``Origin`` where a browser sends one. A header
    that a test gives goes instead, an empty one goes away, and so does a ``base_url``.

    :param page: The origin of the page that the browser shows, the app's own unless
        given: ``"https://evil.example"`` is a page of somebody else.
    :param browser: Whether this is a browser. A program sends neither header.
    """

    def __init__(
        self, *args: t.Any, page: str = "", browser: bool = True, **kwargs: t.Any
    ) -> None:
        # A class beside this one may ask for the session in its own __init__.
        self.page = page
        self.browser = browser
        super().__init__(*args, **kwargs)

    @property
    def origin(self) -> str:
        """The app's own origin, as a browser writes it."""
        known = Origins(ORIGIN.read(self.application.config)).main
        name = self.application.config.get("SERVER_NAME")
        return known or (origin_of("https", name) if name else LOCALHOST)

    def open(self, *args: t.Any, **kwargs: t.Any) -> TestResponse:
        """Send a request; takes what Flask's own client does."""
        return super().open(*args, **self._aimed(args, kwargs))

    @contextlib.contextmanager
    def session_transaction(
        self, *args: t.Any, **kwargs: t.Any
    ) -> Iterator[SessionMixin]:
        """Open the session for a test to read and change, as Flask's own client does."""
        with super().session_transaction(*args, **self._aimed(args, kwargs)) as session:
            yield session

    def run_wsgi_app(self, environ: t.Any, buffered: bool = False) -> t.Any:
        """Let the app answer one request: each, and each step of a redirect."""
        # Flask finds "notes/1" too, but a browser cannot send it, and a guard refuses it.
        if environ["PATH_INFO"][:1] not in ("", "/", "*"):
            for key in ("PATH_INFO", "REQUEST_URI", "RAW_URI"):
                environ[key] = f"/{environ[key]}"

        if self.browser:
            self._add_headers(environ)

        for key in ("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN"):
            if environ.get(key) == "":
                del environ[key]

        return super().run_wsgi_app(environ, buffered)

    def _aimed(
        self, args: tuple[t.Any, ...], kwargs: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        path = args[0] if args else kwargs.get("path", "/")

        # What is a whole request or a whole address says already where it goes.
        said = len(args) > 1 or kwargs.get("base_url") is not None

        if said or not isinstance(path, str) or urlsplit(path).netloc:
            return kwargs

        if kwargs.get("subdomain") or kwargs.get("url_scheme"):
            return {"url_scheme": "https", **kwargs}

        root = self.application.config["APPLICATION_ROOT"].lstrip("/")
        return {**kwargs, "base_url": f"{self.origin}/{root}"}

    def _add_headers(self, environ: dict[str, t.Any]) -> None:
        own = origin_of(environ["wsgi.url_scheme"], environ["HTTP_HOST"])
        page = self.page or own
        site = "same-origin" if page == own else "cross-site"
        environ.setdefault("HTTP_SEC_FETCH_SITE", site)

        if environ["REQUEST_METHOD"] not in _SAFE:
            environ.setdefault("HTTP_ORIGIN", page)

            # Flask-WTF asks for it, over HTTPS alone. Others may lead back to where it
            # says, so it is left out where nobody asks.
            secure = environ["wsgi.url_scheme"] == "https"

            if secure and "csrf" in self.application.extensions:
                environ.setdefault("HTTP_REFERER", f"{page}/")


def client(app: Flask, **options: t.Any) -> Client:
    """Return a :class:`Client` for the app.

    Where the app has a ``test_client_class`` of its own, as that of Flask-Login, the
    client is one of those too.

    :param options: ``page`` and ``browser``, and what that class takes.
    """
    own = app.test_client_class or FlaskClient
    kind = Client

    if issubclass(own, Client):
        kind = own
    elif not issubclass(Client, own):
        kind = t.cast("type[Client]", type("Client", (Client, own), {}))

    options.setdefault("use_cookies", True)
    return kind(app, app.response_class, **options)


class Events(list[Event]):
    """The events that happened, the oldest first."""

    @property
    def refused(self) -> list[str]:
        """The names of what was refused: ``["bad-token"]``."""
        return self.named(Action.REFUSED)

    @property
    def reported(self) -> list[str]:
        """The names of what would have been refused, but for report mode."""
        return self.named(Action.REPORTED)

    def named(self, action: Action) -> list[str]:
        """Return the names of the events with this action."""
        return [e.name for e in self if e.action is action]


@contextlib.contextmanager
def events(app: Flask) -> Iterator[Events]:
    """Collect the events of an app while the block runs.

    ::

        with events(app) as found:
            client(app, page="https://evil.example").post("/transfer")

        assert found.refused == ["cross-site"]
    """
    found = Events()

    def keep(sender: object, event: Event) -> None:
        found.append(event)

    # Not the proxy of the current app: events are sent with the app itself.
    with event.connected_to(
        keep, sender=getattr(app, "_get_current_object", lambda: app)()
    ):
        yield found


class Mails(list[EmailMessage]):
    """The mails that were sent, the first one first.

    To look at them finishes what no request waits for, such as the notice of a login
    from a new browser.

    :param settle: Finishes it.
    """

    def __init__(self, settle: Callable[[], object]) -> None:
        super().__init__()
        self.settle = settle

    def __iter__(self) -> Iterator[EmailMessage]:
        self.settle()
        return super().__iter__()

    def __len__(self) -> int:
        self.settle()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self.settle()
        return super().__eq__(other)

    @t.overload
    def __getitem__(self, at: t.SupportsIndex) -> EmailMessage: ...

    @t.overload
    def __getitem__(self, at: slice) -> list[EmailMessage]: ...

    def __getitem__(
        self, at: t.SupportsIndex | slice
    ) -> EmailMessage | list[EmailMessage]:
        self.settle()
        return super().__getitem__(at)


@contextlib.contextmanager
def mails(app: Flask) -> Iterator[Mails]:
    """Collect the mails that the accounts of an app would send while the block runs.

    ::

        with mails(app) as found:
            client(app).post("/account/reset", data={"address": "ann@example.org"})

        assert found[0]["To"] == "ann@example.org"

    A template that cannot be written raises its error in the request.

    :raises KeyError: If the app has no accounts.
    """
    accounts = app.extensions["stopper.accounts"]
    found = Mails(accounts.history.settle)
    # What happened before the block is none of it.
    found.settle()

    with accounts.mailer.collecting(found):
        yield found
        found.settle()
