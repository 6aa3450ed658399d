"""Whose page a request was sent from, as its headers say."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Request
from flask.globals import request_ctx

from ...catalogue.mode import Mode
from ...controls.cors.control import CORS
from ...controls.csrf.control import ORIGINS
from ...controls.csrf.policy import judged
from ...controls.csrf.policy import Owner
from ...controls.csrf.policy import Row
from ...controls.csrf.policy import site_of
from ...controls.general import local
from ...controls.general import origin_of
from ...controls.general import Origins
from ..cors.shared import Shared
from ..house import House

#: What a browser that was asked for a password once sends from then on, as it does a
#: cookie. Any other scheme is a script's.
_BY_ITSELF = frozenset({"basic", "digest", "negotiate", "ntlm"})


class Senders:
    """Tells the pages of an app from those of other sites, and those that it named."""

    def __init__(self, house: House) -> None:
        self._ours = frozenset(house.origins.all)
        self._named = frozenset(Origins(ORIGINS.read(house.config)).all)
        self._relaxed = house.relaxed
        # What the control `cors` opened to an origin is open to its requests too.
        shares = house.chosen(CORS) is not Mode.OFF
        self._shared = Shared(house.app) if shares else None

    def usual(self, request: Request) -> bool:
        """Say whether this is what nearly all is that a browser sends.

        The decision by the row says the same of it.
        """
        environ = request.environ
        origin = environ.get("HTTP_ORIGIN")
        return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin" and (
            origin is None or origin in self._ours
        )

    def row(self, request: Request) -> Row:
        """Return the line that decides about a request."""
        environ = request.environ
        return judged(
            site_of(environ.get("HTTP_SEC_FETCH_SITE")),
            self.owner(environ.get("HTTP_ORIGIN")),
            "HTTP_COOKIE" in environ,
        )

    def owner(self, origin: str | None) -> Owner:
        """Return whose origin the current request names.

        :param origin: What stands in its ``Origin``, ``None`` if it has none.
        """
        if origin is None:
            return Owner.ABSENT

        if origin == "null":
            return Owner.NULL

        if self.is_ours(origin):
            return Owner.OURS

        if origin in self._named or self._shares(origin):
            return Owner.NAMED

        known = bool(self._ours) or self._own() is not None
        return Owner.STRANGER if known else Owner.UNKNOWN

    def _shares(self, origin: str) -> bool:
        """Say whether the route lets this origin act as the visitor, or it acts as nobody."""
        request = request_ctx.request

        if self._shared is None or request.url_rule is None:
            return False

        if _known_to_browser(request.environ):
            return self._shared.trusts(request, origin)

        found = self._shared.of(request.url_rule.endpoint, request.method)
        return found is not None and (found.public or found.names(origin))

    def is_ours(self, origin: str) -> bool:
        """Say whether this is where the app itself is reached."""
        return origin in self._ours or (not self._ours and origin == self._own())

    def _own(self) -> str | None:
        """Return the origin of a developer's machine, where the settings name none."""
        if not self._relaxed:
            return None

        environ = request_ctx.request.environ
        host = environ.get("HTTP_HOST", "")
        return origin_of(environ["wsgi.url_scheme"], host) if local(host) else None


def _known_to_browser(environ: Mapping[str, object]) -> bool:
    """Say whether a browser may have said by itself whose request this is."""
    scheme = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")[0]
    return "HTTP_COOKIE" in environ or scheme.lower() in _BY_ITSELF
