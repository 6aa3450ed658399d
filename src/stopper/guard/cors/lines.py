"""The header lines that let an origin read an answer."""

from __future__ import annotations

from werkzeug.routing import Rule

from ..base import Headers
from .marks import Permission

Lines = tuple[tuple[str, str], ...]

_PREFIX = "access-control-"

#: Caches keep one answer for each origin.
VARY = ("Vary", "Origin")


def answer_lines(permission: Permission, origin: str | None) -> Lines:
    """Return the lines of an answer to a request of this origin."""
    exposed = ", ".join(permission.expose)
    more = (("Access-Control-Expose-Headers", exposed),) if exposed else ()

    if permission.public:
        # The same for everyone, so it varies with nothing.
        return (("Access-Control-Allow-Origin", "*"), *more)

    if origin is None or not permission.names(origin):
        return (VARY,)

    return (*_named(permission, origin), *more)


def preflight_lines(permission: Permission, origin: str, rule: Rule) -> Lines:
    """Return the lines of the answer to a preflight.

    What was asked for is not repeated: the whole permission is told, and the browser
    compares. Access to a private network is never granted.
    """
    if permission.public:
        allow: Lines = (("Access-Control-Allow-Origin", "*"),)
    elif permission.names(origin):
        allow = _named(permission, origin)
    else:
        return (VARY,)

    methods = permission.methods or sorted((rule.methods or set()) - {"OPTIONS"})
    lines = [*allow, ("Access-Control-Allow-Methods", ", ".join(methods))]

    if permission.headers:
        lines.append(("Access-Control-Allow-Headers", ", ".join(permission.headers)))

    lines.append(("Access-Control-Max-Age", str(permission.max_age)))
    return tuple(lines)


def _named(permission: Permission, origin: str) -> Lines:
    allow = ("Access-Control-Allow-Origin", origin)

    if permission.credentials:
        return (VARY, allow, ("Access-Control-Allow-Credentials", "true"))

    return (VARY, allow)


def put(lines: Lines, headers: Headers) -> None:
    """Put lines on an answer in place of all that says who may read it."""
    headers[:] = [h for h in headers if not h[0].lower().startswith(_PREFIX)]

    for line in lines:
        if line is VARY:
            _vary(headers)
        else:
            headers.append(line)


def _vary(headers: Headers) -> None:
    for at, (name, value) in enumerate(headers):
        if name.lower() == "vary":
            names = {part.strip().lower() for part in value.split(",")}

            if not names & {"origin", "*"}:
                headers[at] = (name, f"{value}, Origin" if value.strip() else "Origin")

            return

    headers.append(VARY)


def value_of(headers: Headers, name: str) -> str | None:
    """Return the value of a header, ``None`` if it is not there."""
    wanted = name.lower()
    return next((v.strip() for n, v in headers if n.lower() == wanted), None)
