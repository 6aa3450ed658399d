"""Which origins a list lets in, and what is wrong with a pattern of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from ..general import local
from ..general import origin_of

# What makes Flask-CORS read an origin as a regular expression.
_SPECIAL = ("*", "\\", "]", "?", "$", "^", "[", "(", ")")

_ANY = frozenset(
    {"*", ".*", "^.*$", ".*$", "^.*", ".+", "https?://.*", "http://.*", "https://.*"}
)

#: Every site, without cookies.
EVERYONE = "*"

#: The longest time for which a preflight's answer is asked to be kept, in seconds (a
#: day, which is Firefox's own cap; Chromium's is two hours, WebKit's ten minutes).
LONGEST_AGE = 86400

_PORTS = {"https": "443", "http": "80"}

# A host as a browser writes it in Origin; letters of other scripts are xn-- there.
_HOST = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])", re.ASCII)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)

_HOST_DOT = re.compile(r"(?<!\\)\.(?![*+?{])(?=[A-Za-z])")


def any_origin(origin: str) -> bool:
    """Whether every site is let in."""
    return origin.strip() in _ANY


def is_pattern(origin: str) -> bool:
    """Whether Flask-CORS takes an origin as a regular expression."""
    return any(sign in origin for sign in _SPECIAL) and not any_origin(origin)


def loose(pattern: str) -> str | None:
    """Say what is wrong with a pattern of origins, ``None`` if nothing is.

    Flask-CORS matches from the start and asks for no end.
    """
    if not pattern.endswith(("$", r"\Z", r"\z")):
        return "has no end, so more may follow"

    # A character class means its dots.
    bare = re.sub(r"\[[^\]]*\]", "", pattern)

    if _HOST_DOT.search(bare.partition("://")[2] or bare):
        return "has a dot that stands for any character"

    return None


def complain(origins: Iterable[object], credentials: bool = False) -> str | None:
    """Say what is wrong with a list of named origins, ``None`` if nothing is.

    :param credentials: Whether answers may be read with the visitor's cookies.
    """
    given = tuple(origins)

    if EVERYONE in given and credentials:
        return (
            "takes no '*' with credentials: every page that a visitor opens would read "
            "what the visitor may read. Name the origins"
        )

    if EVERYONE in given and len(given) > 1:
        return "takes '*' alone or names of origins, and not both"

    return next((c for o in given if (c := _complaint(o))), None)


def _complaint(origin: object) -> str | None:
    if origin == EVERYONE:
        return None

    if not isinstance(origin, str):
        return f"takes origins as text, not {type(origin).__name__}; no patterns"

    if origin.strip().lower() == "null":
        return "takes no 'null', which every sandboxed frame and local file has"

    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return _said(origin)

    shown = f"[{host}]" if ":" in host else host
    whole = f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")

    if parts.scheme not in _PORTS or not _HOST.fullmatch(shown):
        return _said(origin)

    if whole != origin.lower():
        return _said(origin)

    if parts.scheme == "http" and not local(parts.netloc):
        return f"takes http:// for localhost names only, and not {origin[:80]!r}"

    return None


def _said(origin: str) -> str:
    return (
        "takes origins, scheme and host and port without a path or a pattern "
        f"('https://app.example'; a name in other letters as xn--), and not {origin[:80]!r}"
    )


def written(origin: str) -> str:
    """Return an origin that :func:`complain` let through as a browser writes it."""
    scheme, _, host = origin.lower().partition("://")
    return origin_of(scheme, host) if host else origin


def token(name: object) -> bool:
    """Say whether this is a name of a header or a method (RFC 9110, 5.6.2)."""
    return isinstance(name, str) and _TOKEN.fullmatch(name) is not None
