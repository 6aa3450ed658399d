"""Cookies of our own, for this very host alone."""

from __future__ import annotations

import math
import re
import typing as t

from ....controls.general import local
from ...sessions.cookie import PREFIX

#: What we write into a cookie.
_OURS = re.compile(r"[A-Za-z0-9_.-]{1,1000}")


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
        name = self.plain if self._is_plain(environ) else self.name

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
        plain = self._is_plain(environ)
        name = self.plain if plain else self.name
        secure = "" if plain else "; Secure"
        age = max(1, math.ceil(lasts)) if value else 0
        return f"{name}={value}; HttpOnly; Path=/; SameSite=Lax{secure}; Max-Age={age}"

    def _is_plain(self, environ: t.Mapping[str, t.Any]) -> bool:
        # As for the session: not every browser takes the prefix on http://localhost.
        return (
            self._relaxed
            and environ["wsgi.url_scheme"] != "https"
            and local(environ.get("HTTP_HOST") or "")
        )
