"""Keeps redirects on our own site."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask import Request
from flask import Response
from werkzeug.routing import Rule

from ...controls.redirects.brought import brought
from ...controls.redirects.brought import spoken
from ...controls.redirects.control import REDIRECTS
from ...controls.redirects.policy import away
from ...controls.redirects.policy import host_in
from ...controls.redirects.policy import leads_to
from ...controls.redirects.policy import NOWHERE
from ..base import Guard
from ..base import Headers
from ..declared import of_endpoint
from ..house import House
from ..passage import Passage
from ..refusal import Refusal
from ..refusal import Refused
from .hosts import ATTRIBUTE
from .hosts import friends
from .hosts import its_own
from .hosts import Leave
from .hosts import marked
from .values import repeated
from .values import values

#: As code writes them; a spelling is no stranger's to choose.
_NAMES = frozenset(
    write(name)
    for name in ("Location", "Refresh")
    for write in (str, str.lower, str.upper)
)

#: Behind the seconds stands a semicolon, a comma or just a space (WHATWG HTML, 4.2.5.3).
_REFRESH = re.compile(
    r"\s*[^\s;,]*\s*[;,]?\s*(?:url\s*=\s*)?['\"]?(?P<url>[^'\"]*)", re.I
)


class RedirectsGuard(Guard):
    """Keeps redirects on our own site."""

    control = REDIRECTS
    judges_from = 300

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._ours = house.origins.hosts
        self._friends = friends(house)

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Refuse a redirect to a host that the request named, with a page."""
        if not 300 <= response.status_code < 400:
            return

        location = response.headers.get("Location")

        if location is None:
            return

        passage.keep("redirects", location)

        try:
            self._judge(passage, request, location)
        except Refused as refused:
            self._replace(response, refused)

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Take off what leads away and was set behind our back."""
        for header in headers:
            if header[0] in _NAMES:
                self._look(passage, request, status, headers, header)

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return the hosts to which the view may lead."""
        mark = of_endpoint(self.house.app, rule.endpoint, method, ATTRIBUTE, Leave)

        if mark is not None:
            yield f"to {' '.join(mark.hosts)}"

    def _look(
        self,
        passage: Passage,
        request: Request | None,
        status: int,
        headers: Headers,
        header: tuple[str, str],
    ) -> None:
        name, target = header[0].lower(), header[1]

        if name == "refresh":
            found = _REFRESH.match(target)
            target = found["url"] if found else ""
        elif name != "location" or not 300 <= status < 400:
            return

        # Judged, or said, in the step before.
        if request is None or passage.held("redirects") in (True, target):
            return

        try:
            self._judge(passage, request, target)
        except Refused:
            headers[:] = [h for h in headers if h is not header]

    def _judge(self, passage: Passage, request: Request, location: str) -> None:
        """Refuse an address that leads to a host which the request named.

        :raises Refused: In enforce mode.
        """
        ours = self._ours or its_own(request)
        known = (*ours, *self._friends, *marked(self.house.app, request))
        # Flask quotes a backslash on the way out, so the address is read both ways.
        texts = {location, location.replace("\\", "%5C")}
        readings = {leads_to(text, s) for text in texts for s in ("https", "http")}

        for origin in sorted(readings):
            if away(origin, known) and self._named(request, location, origin, ours):
                passage.keep("redirects", True)
                self._refuse(passage, origin)
                return

    def _named(
        self, request: Request, location: str, origin: str, ours: tuple[str, ...]
    ) -> bool:
        if repeated(request, location):
            return True

        if origin == NOWHERE:
            # No browser goes there; another client may.
            text = spoken(location)
            return any(text in spoken(value) for value in values(request))

        return brought(origin, values(request), ours, host_in(location))

    def _refuse(self, passage: Passage, origin: str) -> None:
        self.refuse(
            Refusal(
                "foreign-redirect",
                400,
                f"The answer redirects to {origin[:200]!r}, a host that the request "
                "named. If that is meant, declare it: @stopper.redirects.to(...) on the "
                "view, or STOPPER_REDIRECT_HOSTS. Else use safe_redirect().",
                "This address leads to another site, so it was not followed.",
                details={"leads_to": origin[:200]},
            ),
            passage,
        )

    def _replace(self, response: Response, refused: Refused) -> None:
        app = self.house.app
        found = app.handle_user_exception(refused)
        answer = app.make_response(
            self.house.shown(found) if found is refused else found
        )

        for name in ("Location", "Refresh", "Content-Type", "Content-Length"):
            response.headers.pop(name, None)

        response.status_code = answer.status_code
        response.direct_passthrough = False
        response.set_data(answer.get_data())
        response.headers.update(answer.headers)
