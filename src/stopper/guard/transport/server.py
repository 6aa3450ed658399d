"""What the server itself knows of a request, whatever the request says of itself."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: Where ProxyFix keeps what the server had said before it.
FIXED = "werkzeug.proxy_fix.orig"

#: The headers by which proxies tell what they know.
FORWARDED = frozenset(
    {
        "HTTP_FORWARDED",
        "HTTP_FRONT_END_HTTPS",
        "HTTP_X_FORWARDED_BY",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_X_FORWARDED_PREFIX",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_PROTOCOL",
        "HTTP_X_FORWARDED_SCHEME",
        "HTTP_X_FORWARDED_SERVER",
        "HTTP_X_FORWARDED_SSL",
        "HTTP_X_URL_SCHEME",
    }
)

#: The header out of which gunicorn takes where the app is mounted.
MOUNT = "HTTP_SCRIPT_NAME"

#: A request with any of these needs a closer look.
DOUBTFUL = FORWARDED | {FIXED, MOUNT}

#: Where one of these is, the scheme or the path may be a header's word.
REWRITTEN = frozenset({FIXED, MOUNT, "uwsgi.version"})

#: By what each server that is built for production is known.
_PRODUCTION = {
    "gunicorn.socket": "gunicorn",
    "uwsgi.version": "uWSGI",
    "mod_wsgi.version": "mod_wsgi",
}

_CLAIMS = (
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_PROTOCOL",
    "HTTP_X_FORWARDED_SCHEME",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_URL_SCHEME",
    "HTTP_FRONT_END_HTTPS",
)

_YES = frozenset({"https", "wss", "ssl", "on", "1"})


def for_production(environ: Mapping[str, t.Any]) -> str:
    """Return the name of the server if it is built for production, empty if unknown."""
    for key, name in _PRODUCTION.items():
        if key in environ:
            return name

    return "waitress" if environ.get("SERVER_SOFTWARE") == "waitress" else ""


def own(environ: WSGIEnvironment, name: str) -> t.Any:
    """Return what the server put at ``name``, also if a ProxyFix wrote over it."""
    fixed = environ.get(FIXED)
    return fixed.get(name) if isinstance(fixed, dict) else environ.get(name)


def scheme(environ: WSGIEnvironment) -> str:
    """Return the scheme of the connection that the server has, ``https`` or ``http``.

    gunicorn makes ``wsgi.url_scheme`` of headers, either way, where its
    ``forwarded_allow_ips`` says so, this machine by default, and uWSGI does without
    being asked. Both have something else that tells.
    """
    socket = environ.get("gunicorn.socket")

    if socket is not None:
        return "https" if encrypted(socket) else "http"

    if "uwsgi.version" in environ and not FORWARDED.isdisjoint(environ):
        return "https" if environ.get("HTTPS") in ("on", "1", "true") else "http"

    return "https" if own(environ, "wsgi.url_scheme") == "https" else "http"


def encrypted(socket: object) -> bool:
    """Say whether this is a socket that speaks TLS, of whatever library."""
    return hasattr(socket, "getpeercert")


def mounted_by_header(environ: WSGIEnvironment) -> bool:
    """Say whether a header may have told where the app is mounted.

    gunicorn lets it, where its ``forwarded_allow_ips`` believes the peer: this machine
    and every unix socket by default.
    """
    return (
        MOUNT in environ
        and "gunicorn.socket" in environ
        and bool(environ.get("SCRIPT_NAME"))
    )


def claims_https(environ: WSGIEnvironment) -> bool:
    """Say whether a header tells that the visitor came by HTTPS."""
    for name in _CLAIMS:
        said = environ.get(name)

        if said and any(v.strip().lower() in _YES for v in said.split(",")):
            return True

    return "proto=https" in environ.get("HTTP_FORWARDED", "").lower().replace('"', "")


def take_back(environ: WSGIEnvironment) -> None:
    """Put back what the server had said, where a ProxyFix around us wrote over it."""
    fixed = environ.pop(FIXED, None)

    if not isinstance(fixed, dict):
        return

    mounted = _mounted(environ, fixed.get("SCRIPT_NAME") or "")

    for name, value in fixed.items():
        if value is None:
            environ.pop(name, None)
        else:
            environ[name] = value

    environ["SCRIPT_NAME"] = mounted


def _mounted(environ: WSGIEnvironment, before: str) -> str:
    """Return where the app is mounted, without a prefix that a header gave."""
    now: str = environ.get("SCRIPT_NAME", "")
    said = environ.get("HTTP_X_FORWARDED_PREFIX", "").split(",")

    for prefix in sorted((p.strip().strip('"') for p in said), key=len, reverse=True):
        if prefix and now.startswith(prefix):
            # What stands behind it was put there by a dispatcher, further in.
            return before + now[len(prefix) :]

    return now


def forget(environ: WSGIEnvironment) -> None:
    """Remove what proxies tell, so that nothing further in believes it once more."""
    for name in FORWARDED:
        if name in environ:
            del environ[name]
