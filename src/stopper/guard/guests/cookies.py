"""Flags of the cookies that other extensions set, where the app says nothing of them."""

from __future__ import annotations

import typing as t

from flask import current_app

from ...catalogue.event import Action
from ...controls.sessions.policy import weak
from ...controls.sessions.policy import WEAKNESSES
from ..base import Guard

#: What Flask-Login reads at each login, and sets no flag by without it.
_FLAGS: dict[str, bool | str] = {
    "REMEMBER_COOKIE_SECURE": True,
    "REMEMBER_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SAMESITE": "Lax",
}

#: What it falls back to.
_UNSET: dict[str, bool | None] = {
    "REMEMBER_COOKIE_SECURE": False,
    "REMEMBER_COOKIE_HTTPONLY": True,
    "REMEMBER_COOKIE_SAMESITE": None,
}


def harden(guard: Guard) -> None:
    """Give the cookie of Flask-Login its flags, and say what the app took from it.

    What the app sets itself stays, and is an event: it may be read by other programs.
    In report mode nothing is changed. A developer's browser need not take a cookie with
    Secure over plain HTTP.
    """
    house = guard.house

    if not hasattr(house.app, "login_manager"):
        return

    config = house.app.config
    named = {key: config[key] for key in _FLAGS if key in config}
    bad = [key for key in _FLAGS if weak(key, named.get(key, _UNSET[key]))]

    if not guard.reporting:
        for key in [key for key in bad if key not in named]:
            if key != "REMEMBER_COOKIE_SECURE" or not house.relaxed:
                config[key] = _FLAGS[key]

        bad = [key for key in bad if key in named]

    for key in bad:
        house.emit(
            guard.control.name,
            "remember-cookie-weak",
            Action.NOTED,
            f"{key} is {named.get(key)!r}: {WEAKNESSES[key]}. Set it to {_FLAGS[key]!r}.",
            setting=key,
        )


def watch(guard: Guard) -> None:
    """Have a login that is remembered be an event, once, where we keep no sessions.

    The cookie is signed and kept nowhere: a copy logs in after the logout, and after a
    change of the password, until it expires.
    """
    house = guard.house
    manager: t.Any = getattr(house.app, "login_manager", None)
    setting = getattr(manager, "_set_cookie", None)

    if setting is None:
        return

    def noted(*given: t.Any) -> None:
        # One manager may serve several apps.
        here = current_app.extensions.get("stopper") is house.owner

        if here and house.once("remember-not-kept"):
            house.emit(
                guard.control.name,
                "remember-not-kept",
                Action.NOTED,
                "Flask-Login remembers a login by a cookie that is kept nowhere: a "
                "logout does not end what a copy of it opens. Where Stopper keeps the "
                "sessions (STOPPER_SESSIONS_MODE = 'enforce'), it keeps these as well.",
            )

        setting(*given)

    manager._set_cookie = noted
