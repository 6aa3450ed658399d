"""Finds a ProxyFix around the app or inside of our seam."""

from __future__ import annotations

import typing as t

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

#: The names under which middlewares keep what they wrap.
_INSIDE = (
    "inner",
    "app",
    "wsgi_app",
    "application",
    "_app",
    "_wsgi_app",
    "wrapped",
    "__self__",
)

#: No chain is longer; one that leads back to itself ends here.
_LONGEST = 30


def proxy_fix(app: Flask) -> ProxyFix | None:
    """Return the first ProxyFix that believes anything, ``None`` if there is none.

    One around a server's entry point, ``ProxyFix(create_app())``, is seen only when a
    request comes.
    """
    link: t.Any = app.wsgi_app

    for _ in range(_LONGEST):
        if isinstance(link, ProxyFix) and _believes(link):
            return link

        link = _next(link)

        if link is None:
            return None

    return None


def _believes(fix: ProxyFix) -> bool:
    return any((fix.x_for, fix.x_proto, fix.x_host, fix.x_port, fix.x_prefix))


def _next(link: t.Any) -> t.Any:
    if isinstance(link, Flask):
        return None

    for name in _INSIDE:
        found = getattr(link, name, None)

        if found is not None and not isinstance(found, Flask):
            return found

    return None
