"""What a request over plain HTTP gets: the way to HTTPS, or a refusal."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ...controls.transport.policy import ONE_YEAR
from ..refusal import Refusal

if t.TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

SAFE = frozenset({"GET", "HEAD"})

#: Headers by which a program says who it is.
CREDENTIALS = {
    "HTTP_AUTHORIZATION": "Authorization",
    "HTTP_PROXY_AUTHORIZATION": "Proxy-Authorization",
    "HTTP_API_KEY": "Api-Key",
    "HTTP_X_API_KEY": "X-Api-Key",
    "HTTP_X_AUTH_TOKEN": "X-Auth-Token",
    "HTTP_X_ACCESS_TOKEN": "X-Access-Token",
}

#: What may stand in a query as it is (RFC 3986, 3.4); everything else is escaped.
_IN_QUERY = "%/:?@!$&'()*+,;=-._~[]|^{}"


def credentials(environ: WSGIEnvironment) -> str:
    """Return the name of a header with credentials that the request has, or ``""``."""
    return next((CREDENTIALS[key] for key in CREDENTIALS if key in environ), "")


def target(origin: str, environ: WSGIEnvironment) -> str:
    """Return the same address at ``origin``.

    The origin is followed by a slash whatever the request's path is, so none can
    become a part of the host.
    """
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    query = environ.get("QUERY_STRING", "")
    slash = "" if path.startswith("/") else "/"
    whole = f"{origin}{slash}{quote(path.encode('latin-1', 'replace'), safe='/:@~!$&()*+,;=')}"
    more = quote(query.encode("latin-1", "replace"), safe=_IN_QUERY)
    return f"{whole}?{more}" if more else whole


def refusal(environ: WSGIEnvironment, origin: str, max_age: int) -> Refusal:
    """Return what becomes of a request over plain HTTP.

    What was sent in clear is not led on: the program that sent it would never notice,
    and send it in clear again.
    """
    method = str(environ.get("REQUEST_METHOD"))[:16]
    header = credentials(environ)

    if header:
        return _in_clear(f"The credentials in {header}", header)

    if method not in SAFE or _has_body(environ):
        return _in_clear("What a request brought, perhaps with credentials,", "body")

    # For good only once browsers come by HTTPS of themselves: a browser keeps a 308.
    lasting = max_age >= ONE_YEAR
    location = ("Location", target(origin, environ))
    return Refusal(
        "plain-http",
        308 if lasting else 307,
        "A request came over plain HTTP, and is led to HTTPS.",
        "This site is reached over HTTPS only.",
        headers=(location,) if lasting else (location, ("Cache-Control", "no-store")),
    )


def _in_clear(what: str, details: str) -> Refusal:
    return Refusal(
        "sent-in-clear",
        403,
        f"{what} travelled in clear: anybody on the way could read it.",
        "This site is reached over HTTPS only. What was sent could be read on the way: "
        "replace any password or key that was in it.",
        details={"what": details},
    )


def _has_body(environ: WSGIEnvironment) -> bool:
    return (
        environ.get("CONTENT_LENGTH") not in (None, "", "0")
        or "HTTP_TRANSFER_ENCODING" in environ
    )
