"""The extension: every guard, in the order in which a request meets them."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import current_app
from flask import Flask

from ..catalogue.error import StartError
from ..catalogue.mode import MODE
from ..catalogue.mode import Mode
from ..controls.settings import complaints
from . import passage
from .accounts.guard import AccountsGuard
from .apikeys.current import key as current_key
from .apikeys.guard import ApiKeysGuard
from .apikeys.key import Key
from .apikeys.marks import Marking as KeyMarking
from .authorization.authorizing import Authorizing
from .authorization.guard import AuthorizationGuard
from .base import Guard
from .cors.guard import CorsGuard
from .cors.marks import Sharing
from .csrf.guard import CsrfGuard
from .csrf.marks import Marking as CsrfMarking
from .errors.guard import ErrorsGuard
from .guests.guard import GuestsGuard
from .headers.guard import HeadersGuard
from .headers.marks import Marking
from .identity import client
from .identity import Identity
from .inputs.guard import InputsGuard
from .mfa.guard import MfaGuard
from .mfa.marks import Freshness
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
from .watch import Watch

#: The walk of a request, from the door to the view. The answer walks it back up.
#: `headers` is far out, for it judges the cookies that others set; `sessions` stands in
#: front of all that asks who it is; `apikeys` before that, for where a key is asked for
#: there is no session. Guests count tries after `csrf`, or another site could use up what
#: a visitor has left. `accounts` logs in who is remembered, after what refuses a request
#: whoever asks, and before `authorization`.
ORDER: tuple[type[Guard], ...] = (
    TransportGuard,
    HeadersGuard,
    InputsGuard,
    ErrorsGuard,
    CorsGuard,
    ApiKeysGuard,
    SessionsGuard,
    RateLimitsGuard,
    CsrfGuard,
    GuestsGuard,
    AccountsGuard,
    AuthorizationGuard,
    MfaGuard,
    RedirectsGuard,
)

#: The key of ``app.extensions``.
NAME = "stopper"


class Stopper(Authorizing):
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
        super().__init__()
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
        #: Which views take API keys, and with which scopes.
        self.apikey = KeyMarking()
        #: Which views ask again who it is.
        self.fresh = Freshness()
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

        watch = Watch(app, self.identity, self._clock, ORDER)
        app.extensions[NAME] = watch
        self._authorize(app)
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

    def key(self) -> Key | None:
        """Return the API key of the current request: its id, owner and scopes.

        :return: ``None`` on a route that takes no keys, and outside of a request.
        """
        return current_key()

    def client(self) -> str | None:
        """Return the address from which the current request comes."""
        return client()
