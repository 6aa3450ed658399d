"""Cookies that a browser sends to this very host alone."""

from __future__ import annotations

import math
import re
import typing as t

from ..controls.general import local

#: A browser takes such a cookie over HTTPS alone, from this very host, for all of it
#: (RFC 6265bis, 4.1.3.2).
PREFIX = "__Host-"

#: What we write into a cookie.
_OURS = re.compile(r"[A-Za-z0-9_.-]{1,1000}")


def goes_plain(environ: t.Mapping[str, t.Any], relaxed: bool) -> bool:
    """Say whether a cookie goes without its prefix and ``Secure``.

    So it does on a developer's own machine, over HTTP: not every browser takes it with
    them there.

    :param relaxed: Whether this is a developer's machine or a test.
    """
    return (
        relaxed
        and environ["wsgi.url_scheme"] != "https"
        and local(environ.get("HTTP_HOST") or "")
    )


class HostCookie:
    """Writes and reads one cookie.

    :param name: Without the prefix, as it is called on http://localhost.
    :param relaxed: Whether this is a developer's machine or a test.
    """

    def __init__(self, name: str, relaxed: bool) -> None:
        self.plain = name
        self.name = f"{PREFIX}{name}"
        self._relaxed = relaxed

    def read(self, environ: t.Mapping[str, t.Any]) -> str:
        """Return what a request brings, empty if that is nothing of ours."""
        header = environ.get("HTTP_COOKIE") or ""
        name = self.plain if goes_plain(environ, self._relaxed) else self.name

        for part in header.split(";"):
            # Python takes more for white space than a browser does.
            found, _, value = part.strip(" ").partition("=")

            if found == name:
                return value if _OURS.fullmatch(value) else ""

        return ""

    def line(
        self, value: str, environ: t.Mapping[str, t.Any], lasts: float = 0.0
    ) -> str:
        """Return the Set-Cookie line.

        :param value: Empty to have the browser forget the cookie.
        :param lasts: Seconds.
        """
        plain = goes_plain(environ, self._relaxed)
        name = self.plain if plain else self.name
        secure = "" if plain else "; Secure"
        age = max(1, math.ceil(lasts)) if value else 0
        return f"{name}={value}; HttpOnly; Path=/; SameSite=Lax{secure}; Max-Age={age}"
