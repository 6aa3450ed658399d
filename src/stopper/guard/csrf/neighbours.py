"""Flask-WTF: where it gives out tokens and checks them, they stay its own."""

from __future__ import annotations

import sys
import typing as t

from flask import Flask
from flask import g
from flask import Request


def gives_tokens(app: Flask) -> bool:
    """Say whether its ``CSRFProtect`` gives out the app's tokens, and checks them.

    One that is switched off, or asked by hand alone, keeps nobody out.
    """
    theirs = _module()
    return (
        theirs is not None
        and isinstance(app.extensions.get("csrf"), theirs.CSRFProtect)
        and bool(app.config.get("WTF_CSRF_ENABLED", True))
        and bool(app.config.get("WTF_CSRF_CHECK_DEFAULT", True))
    )


def checks(app: Flask, request: Request) -> bool:
    """Say whether ``CSRFProtect``, which gives out the app's tokens, asks for this one.

    What the app exempted there, it exempted: no token is asked for, by nobody.
    """
    return request.method in app.config["WTF_CSRF_METHODS"]


def gave(app: Flask) -> bool:
    """Say whether it made a token for a form of the current request."""
    return _module() is not None and _name(app) in g


def sent(app: Flask, request: Request) -> str:
    """Return the token that one of its forms sent, under a name of its own."""
    if _module() is None:
        return ""

    name = _name(app)

    # A form with a prefix puts it before the name.
    for field in request.form:
        if field == name or field.endswith(f"-{name}"):
            return request.form[field]

    return ""


def accepts(token: str) -> bool:
    """Say whether it gave out this token, for the session of the current request."""
    theirs = _module()

    if theirs is None:
        return False

    try:
        theirs.validate_csrf(token)
    # Its ValidationError is a ValueError; the others come of a session, or a key, that
    # is none of its own.
    except (ValueError, TypeError, KeyError):
        return False

    return True


def _name(app: Flask) -> str:
    # So it calls the field, and where it keeps the token while a request is served.
    return str(app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"))


def _module() -> t.Any:
    # What this process did not import has no part in the app.
    return sys.modules.get("flask_wtf.csrf")
