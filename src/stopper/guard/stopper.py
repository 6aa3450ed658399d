"""The extension: every guard, in the order in which a request meets them."""

from __future__ import annotations

import threading
import time
import typing as t
from collections.abc import Callable
from collections.abc import Mapping

from flask import current_app
from flask import Flask
from flask import Request
from flask import Response
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue

from ..catalogue.error import StartError
from ..catalogue.event import Action
from ..catalogue.mode import MODE
from ..catalogue.mode import Mode
from ..controls.settings import complaints
from . import passage
from .base import Guard
from .cors.guard import CorsGuard
from .cors.marks import Sharing
from .csrf.guard import CsrfGuard
from .csrf.marks import Marking as CsrfMarking
from .errors.guard import ErrorsGuard
from .headers.guard import HeadersGuard
from .headers.marks import Marking
from .house import House
from .identity import client
from .identity import Identity
from .inputs.guard import InputsGuard
from .keys import weakness
from .ratelimits.guard import RateLimitsGuard
from .ratelimits.marks import Limiting
from .redirects.guard import RedirectsGuard
from .redirects.marks import Redirecting
from .seam import Seam
from .sessions.guard import SessionsGuard
from .sessions.interface import Interface
from .sessions.interface import replaceable
from .sessions.listing import Sessions
from .stamping import install
from .transport.guard import TransportGuard
from .transport.server import for_production
from .walk import Walk

#: The walk of a request, from the door to the view. The answer walks it back up.
#: `headers` is far out, for it judges the cookies that others set; `sessions` stands in
#: front of all that asks who it is.
ORDER: tuple[type[Guard], ...] = (
    TransportGuard,
    HeadersGuard,
    InputsGuard,
    ErrorsGuard,
    CorsGuard,
    SessionsGuard,
    RateLimitsGuard,
    CsrfGuard,
    RedirectsGuard,
)

#: The key of ``app.extensions``.
NAME = "stopper"

FunctionT = t.TypeVar("FunctionT")


class Stopper:
    """Enforce every control on a Flask app.

    ::

        app = Flask(__name__)
        stopper = Stopper(app)

    One ``Stopper`` may serve several apps; an app has one. What is declared on it marks
    views, and can be declared before there is an app.

    :param clock: Returns the seconds since 1970; another one is for tests.
    """

    def __init__(
        self, app: Flask | None = None, *, clock: Callable[[], float] = time.time
    ) -> None:
        #: Who is asking; ``@stopper.identity`` registers the function that knows.
        self.identity = Identity()
        #: The sessions of a user, and how to end them.
        self.sessions = Sessions()
        #: What a single view's headers say instead.
        self.headers = Marking()
        #: Which origins read a view's answers.
        self.cors = Sharing()
        #: How often a single view may be asked.
        self.limit = Limiting()
        #: Where a view may send its visitors.
        self.redirects = Redirecting()
        #: Which views take what other sites send.
        self.csrf = CsrfMarking()
        self._clock = clock

        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Stand in front of the app.

        Settings are checked now and read at the first request, so that those that come
        in between count.

        :raises StartError: If the app has a Stopper, or serves requests already.
        :raises SettingError: If a setting is unknown or takes no such value.
        """
        if NAME in app.extensions:
            raise StartError("This app has a Stopper already; init_app is called once.")

        if app._got_first_request:
            raise StartError("This app serves requests already; call init_app before.")

        if app.config.get(MODE.key) != Mode.REPORT:
            for _, complaint in complaints(app.config):
                raise complaint

        watch = Watch(app, self.identity, self._clock)
        app.extensions[NAME] = watch
        install(app)

        if replaceable(app):
            app.session_interface = Interface(watch.settle)

        app.before_request_funcs.setdefault(None, []).insert(0, watch.before)
        app.after_request_funcs.setdefault(None, []).insert(0, watch.after)
        # The attribute is how Flask says that its inside is to be wrapped.
        app.wsgi_app = Seam(app, watch, watch.settle)  # type: ignore[method-assign]

    def request_id(self) -> str:
        """Return the id of the current request, which its answer and its events share.

        It is made here and never taken from the client.

        :raises RuntimeError: Outside of a request.
        """
        found = passage.current(current_app.extensions[NAME])

        if found is None:
            raise RuntimeError("There is no request, and so no id of one.")

        return found.request_id

    def client(self) -> str | None:
        """Return the address from which the current request comes."""
        return client()


class Watch:
    """The guards of one app, built at its first request."""

    def __init__(
        self, app: Flask, identity: Identity, clock: Callable[[], float]
    ) -> None:
        self._app = app
        self._identity = identity
        self._clock = clock
        self._lock = threading.Lock()
        self._walk: Walk | None = None
        self._broken: Exception | None = None

    def settle(self, environ: Mapping[str, t.Any] | None = None) -> Walk:
        """Return the walk of the guards, and build them if this is the first request.

        :param environ: Of the first request, which knows what kind of server it is.
        :raises StopperError: If a setting is wrong. Every later request is refused with
            the same error, until the process is started anew.
        """
        if self._walk is not None:
            return self._walk

        with self._lock:
            # Some guards change the app as they are built, and do it once.
            if self._broken is not None:
                raise self._broken.with_traceback(None)

            if self._walk is None:
                try:
                    self._walk = self._built(environ or {})
                except Exception as e:
                    self._broken = e
                    raise

            return self._walk

    def _built(self, environ: Mapping[str, t.Any]) -> Walk:
        house = House(self._app, self, self._identity, self._clock)
        house.several = bool(environ.get("wsgi.multiprocess"))
        _look_at_key(house)
        _look_at_debug(house, environ)
        guards = tuple(
            guard(house) for guard in ORDER if house.chosen(guard.control) != Mode.OFF
        )
        self._stand_in_front()
        walk = Walk(house, guards)
        interface = self._app.session_interface

        if isinstance(interface, Interface):
            # Flask asks for the session to be saved right after it would have called
            # ours, the last of all, and spares looking whether it is a coroutine.
            interface.after = self.after
            self._app.after_request_funcs[None].remove(self.after)
        else:
            _put_first(self._app.after_request_funcs[None], self.after)

        return walk

    def _stand_in_front(self) -> None:
        """Come before every function of the app that runs before a request.

        Something may have put itself in front of us since: a guard that runs second is
        no guard.
        """
        app = self._app
        functions = app.before_request_funcs
        # Another list: a test may be walking through the old one right now.
        others = [f for f in functions[None] if f != self.before]

        if app.url_value_preprocessors:
            # What they put aside, the app's own function may need to say who asks.
            functions[None] = [self.before, *others]
        else:
            # Flask asks of each function whether it is a coroutine, at every request.
            functions[None] = others
            self._preprocess = app.preprocess_request
            app.preprocess_request = self.preprocess  # type: ignore[method-assign]

    def preprocess(self, *given: t.Any) -> ResponseReturnValue | None:
        """Walk the guards, and then let Flask ask the app's functions."""
        answer = self.before()
        return self._preprocess(*given) if answer is None else answer

    def before(self) -> ResponseReturnValue | None:
        """Walk the guards from the door to the view."""
        request = request_ctx.request
        found = passage.of(self, request.environ)
        walk = self._walk or self.settle()

        if not found.seamed and not self._app.testing:
            return _around_the_seam(walk.house)

        return walk.before(found, request)

    def after(self, response: Response, request: Request | None = None) -> Response:
        """Walk the guards from the view back to the door.

        :param request: Where it is at hand: to ask Flask for it costs.
        """
        request = request or request_ctx.request
        walk = self._walk or self.settle()
        walk.after(passage.of(self, request.environ), request, response)
        return response


def _look_at_key(house: House) -> None:
    """Refuse to start with a key that can be guessed, where there are users.

    :raises StartError: If there is one; in report mode it is an event.
    """
    key = house.app.config.get("SECRET_KEY")
    fault = None if not key or house.relaxed else weakness(key)

    if fault is not None:
        _refuse_to_start(
            house,
            "weak-key",
            f"SECRET_KEY {fault}: whoever knows it signs what the app believes. Make one: "
            "python -c 'import secrets; print(secrets.token_hex(32))'.",
        )


def _look_at_debug(house: House, environ: Mapping[str, t.Any]) -> None:
    """Refuse to start in debug mode where not only a developer asks.

    :raises StartError: If that is so; in report mode it is an event.
    """
    server = for_production(environ) if house.app.debug else ""

    if server:
        _refuse_to_start(
            house,
            "debug-mode",
            f"The app is in debug mode, and {server} serves it. Debug mode takes any "
            "SECRET_KEY, and plain HTTP for localhost, which anybody can write into Host. "
            "Take FLASK_DEBUG or app.debug away; to develop there is flask run --debug.",
        )


def _refuse_to_start(house: House, name: str, message: str) -> None:
    mode = MODE.read(house.config)

    if mode == Mode.OFF:
        return

    if mode != Mode.REPORT:
        raise StartError(message)

    house.emit("settings", name, Action.FAILED, message)


def _around_the_seam(house: House) -> Response:
    """Refuse a request whose answer would leave without its headers."""
    house.emit(
        "settings",
        "seam-missing",
        Action.REFUSED,
        "A request came in around app.wsgi_app, so its answer would leave "
        "without its headers. Something replaced app.wsgi_app, or called "
        "full_dispatch_request outside of a test (app.testing).",
    )
    return Response("Internal Server Error\n", 500, mimetype="text/plain")


def _put_first(functions: list[FunctionT], ours: object) -> None:
    functions.sort(key=lambda function: function != ours)
