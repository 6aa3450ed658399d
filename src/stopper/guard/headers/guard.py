"""Puts the headers on every answer, as strict as the view lets them be."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

from flask import Request
from flask import Response
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ...controls.headers.control import HEADERS
from ...controls.headers.policy import Kind
from ...controls.headers.policy import kind as kind_of
from ..base import Guard
from ..base import Headers
from ..house import House
from ..passage import Passage
from ..stamping import settle
from .caching import Caching
from .caching import clear_site_data
from .endpoint import Endpoint
from .given import Given
from .inline import Inline
from .lines import Lines
from .lines import mount
from .lines import Settings
from .marks import Marks
from .marks import marks_of
from .marks import NONE
from .pages import watch_templates
from .stale import note_stale

#: How many different header lists are kept ready. There are as many as there are kinds
#: of answers and marks of views; a mount point that a client made up is not kept.
MOST_PLANS = 500

#: What a view's own value of decides on more than its own line.
_JUDGED = frozenset({"content-security-policy", "x-frame-options", "x-xss-protection"})


class Ready(t.NamedTuple):
    """What was put on an earlier answer of the same kind."""

    marks: Marks
    lines: Lines


class HeadersGuard(Guard):
    """Puts the headers on every answer, as strict as the view lets them be."""

    control = HEADERS

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.settings = Settings(house.config)
        self._kinds: dict[str | None, Kind] = {}
        self._ready: dict[tuple[object, ...], Ready] = {}
        self._plans: dict[tuple[object, ...], Lines] = {}
        self._given = Given(house)
        self._clears = self.settings.clear_on_logout
        self._caching = Caching(house)
        self._endpoint = Endpoint(house, self.settings)
        self._inline = Inline(house, self.settings, self._endpoint)
        settle(house.app)
        watch_templates(house.app, house.owner)
        self._given.stand_back()

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Take in a report, if this request brings one."""
        return self._endpoint.answer(request)

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Look for nonces of other requests in a page, which our policy will block."""
        if (
            self._kind(_type_of(response)) is not Kind.PAGE
            or self.settings.inline == "hash"
            or response.is_streamed
            or response.direct_passthrough
            # A policy of the app's own has a nonce of its own.
            or "Content-Security-Policy" in response.headers
        ):
            return

        body = response.get_data()
        own = b' nonce="%s"' % passage.nonce.encode()

        # Counting is a twentieth of searching, and says the same of nearly all pages.
        if body.count(b"nonce=") != body.count(own):
            note_stale(self.house, passage, request, body)

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Put the lines on the list that the view did not set itself, and judge those."""
        reporting = self._report and self.reporting
        given = {name.lower(): value for name, value in headers}
        passage.given = given
        key = self._key(passage, request, given, reporting)
        ready = self._ready.get(key) if key else None

        if ready is not None and status != 304 and ready.lines.names.isdisjoint(given):
            marks, lines = ready
            headers.extend(lines.fixed)

            if lines.policies:
                self._put_policies(lines, passage, headers)
        else:
            marks = self._settle(passage, request, status, given, headers, key)

        if "set-cookie" in given or self.house.known(passage) is not None:
            self._caching.judge(request, given, headers, marks, reporting)

        if reporting:
            self._given.would_refuse(request, given)
        elif self._clears:
            clear_site_data(passage, given, headers)

        if (passage.known_by_id or status >= 500) and "x-request-id" not in given:
            headers.append(("X-Request-ID", passage.request_id))

    def _key(
        self,
        passage: Passage,
        request: Request | None,
        given: t.Mapping[str, str],
        reporting: bool,
    ) -> tuple[object, ...] | None:
        """Return what the lines depend on, ``None`` if on more than can be told so."""
        if request is None or passage.environ.get("SCRIPT_NAME"):
            return None

        if not _JUDGED.isdisjoint(given):
            return None

        rule, templates = request.url_rule, None

        if passage.templated:
            # What a template holds decides on the policy, and may change as it runs.
            if self._reloads():
                return None

            templates = frozenset(passage.templates)

        return (
            rule.endpoint if rule else None,
            # Where no route takes it, it can be anything that a client made up.
            request.method if rule else None,
            request.scheme,
            given.get("content-type"),
            reporting,
            templates,
        )

    def _reloads(self) -> bool:
        return self.house.app.jinja_env.auto_reload

    def _settle(
        self,
        passage: Passage,
        request: Request | None,
        status: int,
        given: t.Mapping[str, str],
        headers: Headers,
        key: tuple[object, ...] | None,
    ) -> Marks:
        """Put the lines on the list the long way, and remember them for the short one."""
        marks = self._marks(request)

        # A page that comes from the browser's cache has the nonce of its own policy.
        if status == 304:
            return marks

        chosen = self._given.view_chose(given, marks)
        lines = self._lines(passage, request, given, chosen, self.reporting)
        self._put(lines, passage, request, given, headers)

        if key and chosen is marks and len(self._ready) < MOST_PLANS:
            self._ready[key] = Ready(marks, lines)

        return chosen

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return what the view's headers say instead of the app's."""
        return marks_of(view, method).said()

    def _marks(self, request: Request | None) -> Marks:
        if request is None or request.endpoint is None:
            return NONE

        view = self.house.app.view_functions.get(request.endpoint)
        return marks_of(view, request.method)

    def _put(
        self,
        lines: Lines,
        passage: Passage,
        request: Request | None,
        given: t.Mapping[str, str],
        headers: Headers,
    ) -> None:
        # Most views set none of them.
        if lines.names.isdisjoint(given) and "x-xss-protection" not in given:
            headers.extend(lines.fixed)
        else:
            self._given.settle(lines, request, given, headers)

        if "content-security-policy" in given:
            self._given.judge_policy(request, given["content-security-policy"])
            return

        self._put_policies(lines, passage, headers)

    def _put_policies(self, lines: Lines, passage: Passage, headers: Headers) -> None:
        for name, value in lines.policies:
            headers.append((name, value.replace("{nonce}", passage.nonce)))

    def _lines(
        self,
        passage: Passage,
        request: Request | None,
        given: t.Mapping[str, str],
        marks: Marks,
        reporting: bool,
    ) -> Lines:
        kind = self._kind(given.get("content-type"))
        prefix = mount(request)
        secure = request is not None and request.scheme == "https"
        breaking, scripts, styles = (
            self._inline.of(passage, request, given)
            if kind is Kind.PAGE
            else (False, (), ())
        )

        key = (kind.value, marks, reporting, prefix, secure, breaking, scripts, styles)
        lines = self._plans.get(key)

        if lines is None:
            lines = self.settings.lines(
                kind,
                marks,
                prefix=prefix,
                secure=secure,
                reporting=reporting,
                breaking=breaking,
                scripts=scripts,
                styles=styles,
            )

            if len(self._plans) < MOST_PLANS and not prefix:
                self._plans[key] = lines

        return lines

    def _kind(self, content_type: str | None) -> Kind:
        found = self._kinds.get(content_type)

        if found is None:
            found = kind_of(content_type)

            # A view may make types up from what a client said.
            if len(self._kinds) < MOST_PLANS:
                self._kinds[content_type] = found

        return found


def _type_of(response: Response) -> str | None:
    """Return the type of an answer; to ask Werkzeug for a header costs far more."""
    for name, value in response.headers:
        if name == "Content-Type":
            return value

    return response.headers.get("Content-Type")
