"""The stack of extensions that does today what one Stopper does, as its own pages say."""

from __future__ import annotations

import typing as t

from app import HUGE
from flask import Flask

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

_FIELD = '<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">'


def stacked(app: Flask, redis: str = "") -> Flask:
    """Put Talisman, WTF, Limiter, Cors, and Session if there is a Redis, on a bare app.

    Flask-Login stays away: the app says itself who is logged in, here as there.

    :raises ImportError: If one of them is not installed.
    """
    from flask_cors import CORS
    from flask_limiter import Limiter
    from flask_limiter.util import get_remote_address
    from flask_talisman import Talisman
    from flask_wtf.csrf import CSRFProtect

    if redis:
        import flask_session
        from redis import Redis

        app.config.update(SESSION_TYPE="redis", SESSION_REDIS=Redis.from_url(redis))
        flask_session.Session(app)

    Talisman(
        app,
        content_security_policy=dict(_POLICY),
        content_security_policy_nonce_in=["script-src"],
    )
    CSRFProtect(app)
    store = redis or "memory://"
    Limiter(get_remote_address, app=app, default_limits=[HUGE], storage_uri=store)
    CORS(
        app,
        resources={"/json": {"origins": ["https://spa.example"]}},
        supports_credentials=True,
    )
    return app


def page(text: str) -> str:
    """Return the page with what these extensions need written into it by hand."""
    text = text.replace("<script>", '<script nonce="{{ csp_nonce() }}">')
    return text.replace('action="/form">', f'action="/form">{_FIELD}')


def versions(*names: str) -> dict[str, t.Any]:
    """Return the versions of what is measured."""
    from importlib import metadata

    found = {}

    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None

    return found
