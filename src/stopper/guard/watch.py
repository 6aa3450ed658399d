"""The guards of one app: built at its first request, and asked at every one."""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Callable
from collections.abc import Mapping

from flask import Flask
from flask import Request
from flask import Response
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue

from ..catalogue.error import StartError
from ..catalogue.event import Action
from ..catalogue.mode import MODE
from ..catalogue.mode import Mode
from . import passage
from .base import Guard
from .house import House
from .identity import Identity
from .keys import weakness
from .sessions.interface import Interface
from .transport.server import for_production
from .walk import Walk

FunctionT = t.TypeVar("FunctionT")


class Watch:
    """The guards of one app, built at its first request.

    :param order: The guards, in the order in which a request meets them; those of a
        control that is off are left out.
    """

    def __init__(
        self,
        app: Flask,
        identity: Identity,
        clock: Callable[[], float],
        order: tuple[type[Guard], ...],
    ) -> None:
        self._app = app
        self._identity = identity
        self._clock = clock
        self._order = order
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
        house.serving = bool(environ)
        _look_at_key(house)
        _look_at_debug(house, environ)
        guards = tuple(
            guard(house)
            for guard in self._order
            if guard.needed(self._app)
            and (house.chosen(guard.control) != Mode.OFF or guard.stays(house))
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
