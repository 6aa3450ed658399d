"""Lets named origins alone read answers."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Request
from flask import Response
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.cors import policy
from ...controls.cors.control import CORS
from ...controls.cors.control import CORS_ORIGINS
from ..base import Guard
from ..base import Headers
from ..house import House
from ..passage import Passage
from ..refusal import Refusal
from .foreign import FlaskCors
from .lines import answer_lines
from .lines import preflight_lines
from .lines import put
from .lines import value_of
from .marks import Permission
from .shared import asked_for
from .shared import Shared

_ORIGIN = "Access-Control-Allow-Origin"
_CREDENTIALS = "Access-Control-Allow-Credentials"

#: Origins of which a route's refusals are told; a client can make up more.
MOST_TOLD = 50

_ANYONE_WITH_COOKIES = (
    "Flask-Cors lets every origin read answers with the visitor's cookies. Name the "
    "origins (CORS(app, origins=[...]), CORS_ORIGINS), or leave supports_credentials off."
)


class CorsGuard(Guard):
    """Lets named origins alone read answers."""

    control = CORS

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.shared = Shared(house.app)
        self._flask_cors = FlaskCors(house.app)
        given = CORS_ORIGINS.read(house.config)
        self._declared = frozenset(map(policy.written, given)) | self.shared.named()
        self._marked = self.shared.endpoints()
        self._told: dict[str | None, set[str]] = {}
        self._stand_back()

    def _stand_back(self) -> None:
        if self._flask_cors.lets_everyone:
            if not self.reporting:
                raise StartError(_ANYONE_WITH_COOKIES)

            self.house.emit(
                "cors",
                "any-origin-with-credentials",
                Action.FAILED,
                _ANYONE_WITH_COOKIES,
            )

        if self._flask_cors.at_work:
            self.house.emit(
                "cors",
                "flask-cors-at-work",
                Action.NOTED,
                "Flask-Cors is at work, so what it sets is kept on routes without a mark "
                "of stopper.cors.",
            )

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Answer a preflight of a marked route, and look where a WebSocket comes from."""
        environ = request.environ

        if "HTTP_UPGRADE" in environ:
            self._upgrade(request)

        if (
            request.method != "OPTIONS"
            or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in environ
        ):
            return None

        return self._preflight(passage, request)

    def _preflight(self, passage: Passage, request: Request) -> Response | None:
        asked = request.environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"]
        # The rule of OPTIONS may be another one than that of the method asked for.
        rule = asked_for(request_ctx.url_adapter, asked)

        if rule is None:
            return None

        permission = self.shared.of(rule.endpoint, asked)

        if permission is None:
            return None

        origin = request.environ.get("HTTP_ORIGIN", "")
        lines = preflight_lines(permission, origin, rule)
        passage.keep("cors", lines)

        if not (permission.public or permission.names(origin)):
            self._say_refused(rule.rule, origin, Action.REFUSED)

        answer = Response(status=204)
        del answer.headers["Content-Type"]
        return answer

    def _upgrade(self, request: Request) -> None:
        environ = request.environ
        origin = environ.get("HTTP_ORIGIN")

        # A program that is no browser names no origin, and brings no one's cookies.
        if origin is None or environ["HTTP_UPGRADE"].strip().lower() != "websocket":
            return

        permission = self._permission(request)

        if self._own(origin) or (permission and permission.names(origin)):
            return

        self.refuse(
            Refusal(
                "foreign-websocket",
                403,
                f"A page of {origin[:200]!r} opens a WebSocket here, with the visitor's "
                "cookies. STOPPER_ORIGIN names the app's own origins, and "
                "@stopper.cors(...) on the view those of others.",
                "Pages of another site may not connect here.",
                details={"origin": origin[:200]},
            )
        )

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return who may read the answers."""
        permission = self.shared.of(rule.endpoint, method)

        if permission is not None:
            yield permission.said()

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Name the origin that may read, on errors and refusals as well."""
        origin = passage.environ.get("HTTP_ORIGIN")

        # Most requests are no other site's, and most routes nobody else's.
        if origin is None and not self._is_marked(request):
            return

        lines = passage.held("cors")

        if lines is not None:
            put(lines, headers)
            return

        permission = None if request is None else self._permission(request)

        if permission is not None:
            put(answer_lines(permission, origin), headers)

        if origin is None or request is None:
            return

        if permission is None:
            self._judge(request, origin, headers)
        elif not (permission.public or permission.names(origin)):
            self._watch(request, origin, Action.REFUSED)

    def _is_marked(self, request: Request | None) -> bool:
        if not self._marked or request is None or request.url_rule is None:
            return False

        return request.url_rule.endpoint in self._marked

    def _permission(self, request: Request) -> Permission | None:
        rule = request.url_rule
        return None if rule is None else self.shared.of(rule.endpoint, request.method)

    def _judge(self, request: Request, origin: str, headers: Headers) -> None:
        """Look at what the view or another extension lets read."""
        allowed = value_of(headers, _ORIGIN)

        if allowed is None:
            if request.environ.get("HTTP_SEC_FETCH_MODE") == "cors":
                self._watch(request, origin, Action.NOTED)

            return

        if (
            allowed not in (origin, "null")
            or (value_of(headers, _CREDENTIALS) or "").lower() != "true"
            or self._own(allowed)
            or allowed in self._declared
            or self._flask_cors.lets(allowed)
        ):
            return

        self._refuse_reflected(request, allowed, headers)

    def _refuse_reflected(
        self, request: Request, origin: str, headers: Headers
    ) -> None:
        reporting = self.reporting

        if not reporting:
            put((), headers)

        if self.house.once(("cors-reflected", _route(request), origin[:200])):
            self.house.emit(
                "cors",
                "reflected-origin",
                Action.REPORTED if reporting else Action.REFUSED,
                f"The answer lets {origin[:200]!r} read it with the visitor's cookies, "
                "and nothing declares that origin. Mark the view with "
                "@stopper.cors(...), or name the origin in STOPPER_CORS_ORIGINS.",
                origin=origin[:200],
            )

    def _watch(self, request: Request, origin: str, action: Action) -> None:
        if self._own(origin) or _says_own(request):
            return

        self._say_refused(_route(request), origin, action)

    def _say_refused(self, route: str | None, origin: str, action: Action) -> None:
        told = self._told.setdefault(route, set())

        if origin[:200] not in told and len(told) < MOST_TOLD:
            told.add(origin[:200])
            self.house.emit(
                "cors",
                "origin-refused",
                action,
                f"A page of {origin[:200]!r} asked for an answer that it may not read. "
                "@stopper.cors(...) on the view names the origins that may.",
                origin=origin[:200],
            )

    def _own(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        origins = self.house.origins
        return origins.holds(origin) or (
            not origins.all and bool(host) and origins.serves(scheme, host)
        )


def _route(request: Request) -> str | None:
    return request.url_rule.rule if request.url_rule else None


def _says_own(request: Request) -> bool:
    return request.environ.get("HTTP_SEC_FETCH_SITE") in ("same-origin", "none")
