"""What a visitor's tokens are bound to, without a row in any store."""

from __future__ import annotations

import re
import secrets
import threading

from ..base import Headers
from ..hostcookie import goes_plain
from ..house import House
from ..passage import Passage

#: Only this very host can set a cookie of this name, and only over HTTPS (RFC 6265bis,
#: 4.1.3.2): a neighbour of the same domain cannot put its own in.
NAME = "__Host-csrf"

#: The same on a developer's machine without HTTPS.
PLAIN = "csrf"

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY = "csrf"
_LOCK = threading.Lock()


class Secrets:
    """The secret of each visitor: that of the login, else one in a cookie of its own.

    Both are 256 random bits. The cookie is read by no script, and nothing is written on
    the server for a visitor who only looks at a page with a form.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._relaxed = house.relaxed

    def incoming(self, passage: Passage) -> str | None:
        """Return the secret that the request brings, ``None`` if it brings none."""
        kept = _of_session(passage)

        if kept:
            return kept

        found = _values(passage.environ.get("HTTP_COOKIE", ""), self._name(passage))
        # A browser has one of this name. Of two, somebody put one in.
        return found[0] if len(found) == 1 and _SHAPE.fullmatch(found[0]) else None

    def given(self, passage: Passage) -> str:
        """Return the visitor's secret; a visitor who has none gets one by the answer."""
        kept: tuple[str, bool] | None = passage.held(_KEY)

        if kept is None:
            # Two threads may serve one request (a copied context), and have to agree.
            with _LOCK:
                kept = passage.held(_KEY)

                if kept is None:
                    found = self.incoming(passage)
                    kept = (found or secrets.token_urlsafe(32), found is None)
                    passage.keep(_KEY, kept)

        return kept[0]

    def send(self, passage: Passage, headers: Headers) -> None:
        """Put the cookie on the answer if a new secret was given.

        What holds a token is one visitor's own, and a cache has to know.
        """
        kept: tuple[str, bool] | None = passage.held(_KEY)

        if kept is None:
            return

        if not any(n.lower() == "vary" and "ookie" in v for n, v in headers):
            headers.append(("Vary", "Cookie"))

        if kept[1]:
            name = self._name(passage)
            secure = "" if name == PLAIN else "; Secure"
            line = f"{name}={kept[0]}; Path=/{secure}; HttpOnly; SameSite=Lax"
            headers.append(("Set-Cookie", line))

    def _name(self, passage: Passage) -> str:
        return PLAIN if goes_plain(passage.environ, self._relaxed) else NAME


def binding(secret: str, who: str | None, form: str = "") -> bytes:
    """Return what a token holds for: one secret, one user, and one form if it says so.

    :param secret: Holds no NUL, so that no two bindings read alike.
    :param who: ``None`` for a visitor whom nobody knows.
    """
    name = "-" if who is None else f"+{who}"
    text = f"{secret}\0{len(form)}\0{form}\0{name}"
    return text.encode("utf-8", "surrogatepass")


def _values(header: str, name: str) -> list[str]:
    """Return the values of the cookies of this very name.

    Not as the framework reads them: it takes a name with a space behind it for the name,
    and such a one a neighbour of the domain may set, for it has not the prefix.
    """
    if name not in header:
        return []

    start = f"{name}="
    parts = (part.lstrip(" ") for part in header.split(";"))
    return [part[len(start) :] for part in parts if part.startswith(start)]


def _of_session(passage: Passage) -> str:
    session = passage.session
    # Behind a letter, so that no cookie can say the same.
    secret = session.csrf_secret if session is not None else ""
    return f"s{secret}" if secret else ""
