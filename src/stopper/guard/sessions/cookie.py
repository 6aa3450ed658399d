"""The cookie that holds the id of a session, and nothing else."""

from __future__ import annotations

import hashlib
import math
import typing as t

from flask import Flask

from ...catalogue.error import StartError
from ..hostcookie import goes_plain
from ..hostcookie import PREFIX

#: The length of an id: 32 bytes in URL-safe base64.
LENGTH = 43

_SAMESITE = {"lax": "Lax", "strict": "Strict", "none": "None"}


def hashed(key: str) -> bytes:
    """Return the hash under which a store knows the id: it never sees the id itself."""
    raw = key.encode("ascii", "replace")
    return hashlib.blake2b(raw, digest_size=32, person=b"stopper-session").digest()


class Cookie:
    """Writes and reads the cookie, as Flask's settings have it.

    :param relaxed: Whether this is a developer's machine or a test.
    :raises StartError: If the settings ask for a cookie that other hosts get too.
    """

    def __init__(self, app: Flask, relaxed: bool) -> None:
        config = app.config
        self._relaxed = relaxed

        if config["SESSION_COOKIE_DOMAIN"]:
            raise StartError(
                "SESSION_COOKIE_DOMAIN hands the session to every host of the domain, "
                "and a __Host- cookie has none. Leave it out."
            )

        #: The name on http://localhost, where not every browser takes the other one.
        self.plain = config["SESSION_COOKIE_NAME"].removeprefix(PREFIX)
        self.name = f"{PREFIX}{self.plain}"
        site = str(config["SESSION_COOKIE_SAMESITE"] or "Lax").lower()
        self._tail = f"; HttpOnly; Path=/; SameSite={_SAMESITE.get(site, 'Lax')}"
        self._partitioned = bool(config["SESSION_COOKIE_PARTITIONED"])

    def read(self, environ: t.Mapping[str, t.Any]) -> str:
        """Return the id that a request brings, empty if it brings none."""
        header = environ.get("HTTP_COOKIE")

        if not header:
            return ""

        name = self.plain if goes_plain(environ, self._relaxed) else self.name
        return _value(header, name) if name in header else ""

    def line(
        self, key: str, environ: t.Mapping[str, t.Any], lasts: float | None
    ) -> str:
        """Return the Set-Cookie line.

        :param key: The id; empty to have the browser forget the cookie.
        :param lasts: Seconds, ``None`` for as long as the browser is open.
        """
        plain = goes_plain(environ, self._relaxed)
        name = self.plain if plain else self.name
        line = f"{name}={key}{self._tail}"

        if not plain:
            line += "; Secure"

            if self._partitioned:
                line += "; Partitioned"

        if not key:
            return f"{line}; Max-Age=0"

        return line if lasts is None else f"{line}; Max-Age={max(1, math.ceil(lasts))}"


def _value(header: str, name: str) -> str:
    for part in header.split(";"):
        # Python takes more for white space than a browser does: a neighbour of the
        # domain may set a name with such a character in front, for it has no prefix.
        found, _, value = part.strip(" ").partition("=")

        if found == name:
            value = value.strip('"')
            return value if len(value) == LENGTH and value.isascii() else ""

    return ""
