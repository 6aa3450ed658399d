"""Which endpoints of a guest take passwords, codes, or addresses to send mail to."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator

from flask import Flask

from ...controls.ratelimits.policy import guessable
from ..authorization.layers import layers
from ..ratelimits.marks import marks_at


class Kind(enum.Enum):
    """What is tried at an endpoint."""

    #: A password, or a code without a password, of an account that is named.
    LOGIN = "login"
    #: A code, by who showed the password just now.
    CODE = "code"
    #: A password or a code, by who is logged in.
    OWN = "own"
    #: Nothing: a mail or a text message is sent to whom it names.
    MAIL = "mail"
    #: Something of an account that is named, at an endpoint that is not known.
    OTHER = "other"


#: The endpoints of Flask-Security-Too 5.9, ``flask_security/views.py``.
_SECURITY: dict[str, Kind | None] = {
    "login": Kind.LOGIN,
    "us_signin": Kind.LOGIN,
    "two_factor_token_validation": Kind.CODE,
    "mf_recovery": Kind.CODE,
    "verify": Kind.OWN,
    "us_verify": Kind.OWN,
    "change_password": Kind.OWN,
    "two_factor_setup_validate": Kind.OWN,
    "us_setup_validate": Kind.OWN,
    "forgot_password": Kind.MAIL,
    "recover_username": Kind.MAIL,
    "send_confirmation": Kind.MAIL,
    "us_signin_send_code": Kind.MAIL,
    # Sends to who showed the password just now.
    "two_factor_rescue": Kind.CODE,
}

#: Our own pages, which count by themselves.
_OURS = "stopper_accounts"

_LOGS_IN = "login_user"

#: How many endpoints and methods are remembered.
MOST = 10_000


class Logins:
    """What is tried at which endpoint, worked out once for each."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._found: dict[tuple[str, str], Kind | None] = {}

    def of(self, endpoint: str, method: str) -> Kind | None:
        """Return what is tried at an endpoint, ``None`` if nothing is.

        Nothing is counted at a view that the app took out of the limits of the settings.
        """
        try:
            return self._found[endpoint, method]
        except KeyError:
            free = marks_at(self._app, endpoint, method).exempt
            kind = None if free else self._kind(endpoint)

            # Where a rule names no methods, it can be anything that a client made up.
            if len(self._found) < MOST:
                self._found[endpoint, method] = kind

            return kind

    def _kind(self, endpoint: str) -> Kind | None:
        place, _, name = endpoint.rpartition(".")
        config = self._app.config

        if place == _OURS:
            return None

        if place and place == config.get("SECURITY_BLUEPRINT_NAME"):
            if name == "login" and config.get("SECURITY_PASSWORDLESS"):
                return Kind.MAIL

            return _SECURITY.get(name)

        if logs_in(self._app.view_functions.get(endpoint)):
            return Kind.LOGIN

        rules = self._app.url_map.iter_rules(endpoint)
        return Kind.OTHER if any(guessable(r.rule, name) for r in rules) else None


def logs_in(view: object) -> bool:
    """Say whether a view calls ``login_user``, of whichever library."""
    return any(_LOGS_IN in code.co_names for code in _codes(view))


def _codes(view: object) -> Iterator[types.CodeType]:
    views = getattr(view, "view_class", None)
    methods = vars(views).values() if isinstance(views, type) else ()

    for function in (*layers(view), *methods):
        code = getattr(function, "__code__", None)

        if isinstance(code, types.CodeType):
            yield from _within(code)


def _within(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code

    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _within(constant)
