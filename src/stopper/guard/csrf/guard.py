"""Refuses what another site sends in a user's name."""

from __future__ import annotations

import html
import io
import re
import secrets
from collections.abc import Iterable
from collections.abc import Mapping
from urllib.parse import quote
from urllib.parse import unquote
from urllib.parse import urljoin
from urllib.parse import urlsplit

from flask import has_request_context
from flask import Request
from flask import Response
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from jinja2 import Undefined
from markupsafe import Markup
from werkzeug.routing import Rule

from ...catalogue.error import SettingError
from ...catalogue.event import Action
from ...catalogue.mode import Mode
from ...controls.cors.control import CORS
from ...controls.csrf.control import CSRF
from ...controls.csrf.control import ORIGINS
from ...controls.csrf.control import PER_FORM
from ...controls.csrf.policy import judged
from ...controls.csrf.policy import Owner
from ...controls.csrf.policy import Row
from ...controls.csrf.policy import SAFE
from ...controls.csrf.policy import site_of
from ...controls.csrf.policy import stays
from ...controls.csrf.policy import Verdict
from ...controls.general import local
from ...controls.general import origin_of
from ...controls.general import Origins
from ..base import Guard
from ..base import Headers
from ..cors.shared import Shared
from ..house import House
from ..passage import of as passage_of
from ..passage import Passage
from ..refusal import Refusal
from ..stamping import settle
from . import neighbours
from .fields import FIELD
from .fields import hidden
from .fields import KEY
from .fields import NOTHING
from .fields import OWN_FIELD
from .fields import STAMPED
from .marks import exempt
from .secret import binding
from .secret import Secrets
from .tokens import Tokens

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

#: What may stand in a message: a scheme, a host and a port.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[A-Za-z0-9.:\[\]-]{1,100}")

#: What a browser that was asked for a password once sends from then on, as it does a
#: cookie. Any other scheme is a script's.
_BY_ITSELF = frozenset({"basic", "digest", "negotiate", "ntlm"})

#: A token has 86 characters, one of Flask-WTF's some 91.
_LONGEST = 512

#: Bytes up to which a form without files is kept whole, where Flask has no limit.
_FORM = 500_000

_NO_BROWSER = (
    " A program that keeps cookies and is no browser sends csrf_token() in the header "
    "X-CSRFToken."
)

_IN_TESTS = (
    " A test asks as a browser does with the client of stopper.testing: "
    "app.test_client_class = stopper.testing.Client."
)


class CsrfGuard(Guard):
    """Refuses what another site sends in a user's name."""

    control = CSRF

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._ours = frozenset(house.origins.all)
        self._named = frozenset(Origins(ORIGINS.read(house.config)).all)
        self._per_form = PER_FORM.read(house.config)
        self._relaxed = house.relaxed
        self._secrets = Secrets(house)
        # What the control `cors` opened to an origin is open to its requests too.
        shares = house.chosen(CORS) is not Mode.OFF
        self._shared = Shared(house.app) if shares else None
        self._exempt: dict[tuple[str, str], bool] = {}
        #: Whether another extension gives out tokens and checks them.
        self.stands_back = neighbours.gives_tokens(house.app)
        self._tokens = Tokens(self._keys())
        house.app.extensions[KEY] = self
        settle(house.app)
        # Without the look for the current app, which costs as much as the masking.
        house.app.jinja_env.globals[STAMPED] = self.field

    def _keys(self) -> tuple[bytes, ...]:
        """Return the keys of the tokens.

        :raises SettingError: If the app has none, and is not in debug or under tests.
        """
        try:
            return self.house.keys.of("csrf")
        except SettingError as e:
            if not (self._relaxed or self._report):
                raise

            self.house.emit("csrf", "no-key", Action.FAILED, str(e))
            # Good for this process, until it ends.
            return (secrets.token_bytes(32),)

    def plan(self, passage: Passage, request: Request) -> None:
        """Have nothing counted of what is refused by its headers.

        Else any page that a visitor has open elsewhere could send logins until that
        visitor may not try one.
        """
        if request.method in SAFE or not passage.tally or self._usual(request):
            return

        refused = self._row(request).verdict is Verdict.REFUSE

        if refused and not (self._is_exempt(request) or self.reporting):
            passage.takes, passage.tally = (), None

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse the request if another site sent it."""
        if request.method in SAFE or self._usual(request):
            return None

        row = self._row(request)

        if row.verdict is Verdict.LET_IN or self._is_exempt(request):
            return None

        if row.verdict is Verdict.REFUSE:
            self._refuse_stranger(request, row)
        elif not (self.stands_back and neighbours.checks(self.house.app, request)):
            self._ask_token(passage, request, row)

        return None

    def after(self, passage: Passage, request: Request, response: Response) -> None:
        """Give a visitor a secret while the headers of a streamed page can still say so."""
        if (
            passage.streamed
            and response.mimetype == "text/html"
            and not (self.stands_back or self.reporting)
        ):
            self._secrets.given(passage)

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Send the secret to whom a token was given without one."""
        if passage.kept is not None:
            self._secrets.send(passage, headers)

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return whether the route takes what other sites send."""
        if method not in SAFE and exempt(self.house.app, rule.endpoint, method):
            yield "exempt"

    def token(self, action: str = "", method: str = "POST") -> str | None:
        """Return a token for the current visitor, ``None`` outside of a request."""
        if not has_request_context():
            return None

        # The object itself: each look through the proxy costs.
        request = request_ctx.request
        passage = passage_of(self.house.owner, request.environ)
        # In report mode nothing is put into a browser, so a token is the user's alone.
        secret = "" if self.reporting else self._secrets.given(passage)
        form = self._form(method, action, request)
        who = self.house.known(passage)
        return self._tokens.make(binding(secret, who, form))

    def field(self, *actions: object) -> Markup:
        """Return the hidden field of a form, or nothing where no token may go.

        :param actions: The values of its action attributes, as the page's source has
            them; those of a branch that was not taken are undefined.
        """
        first = ""

        if self.stands_back:
            return NOTHING

        for action in actions:
            if isinstance(action, Undefined):
                continue

            if not isinstance(action, str) or not stays(action, self._is_ours):
                return NOTHING

            first = first or action

        # Mails are rendered from template files too.
        token = self.token(html.unescape(first))

        if token is None:
            return NOTHING

        beside = neighbours.gave(self.house.app)
        return hidden(token, OWN_FIELD if beside else FIELD)

    def _usual(self, request: Request) -> bool:
        """Say whether this is what nearly all is that a browser sends.

        The decision by the row says the same of it.
        """
        environ = request.environ
        origin = environ.get("HTTP_ORIGIN")
        return environ.get("HTTP_SEC_FETCH_SITE") == "same-origin" and (
            origin is None or origin in self._ours
        )

    def _row(self, request: Request) -> Row:
        environ = request.environ
        return judged(
            site_of(environ.get("HTTP_SEC_FETCH_SITE")),
            self._owner(environ.get("HTTP_ORIGIN")),
            "HTTP_COOKIE" in environ,
        )

    def _owner(self, origin: str | None) -> Owner:
        if origin is None:
            return Owner.ABSENT

        if origin == "null":
            return Owner.NULL

        if self._is_ours(origin):
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

    def _is_ours(self, origin: str) -> bool:
        return origin in self._ours or (not self._ours and origin == self._own())

    def _own(self) -> str | None:
        """Return the origin of a developer's machine, where the settings name none."""
        if not self._relaxed:
            return None

        environ = request_ctx.request.environ
        host = environ.get("HTTP_HOST", "")
        return origin_of(environ["wsgi.url_scheme"], host) if local(host) else None

    def _is_exempt(self, request: Request) -> bool:
        endpoint = request.endpoint

        if endpoint is None:
            return False

        key = endpoint, request.method
        found = self._exempt.get(key)

        if found is None:
            found = exempt(self.house.app, *key)

            # Where a rule names no methods, it can be anything that a client made up.
            if len(self._exempt) < 10_000:
                self._exempt[key] = found

        return found

    def _refuse_stranger(self, request: Request, row: Row) -> None:
        environ = request.environ
        site = environ.get("HTTP_SEC_FETCH_SITE")
        named = site is not None and site != "same-origin"
        origin = environ.get("HTTP_ORIGIN")
        owner = self._owner(origin)
        seen = f" (Origin: {origin})" if _ORIGIN.fullmatch(origin or "") else ""
        mend = (
            "STOPPER_ORIGIN is not set."
            if owner is Owner.UNKNOWN
            else f"If it is yours, name it in {ORIGINS.key}."
        )
        self.refuse(
            Refusal(
                name="cross-site" if named else "bad-origin",
                status=403,
                message=f"The request {row.because}{seen}. {mend}",
                says="This request did not come from a page of this site, so it was "
                "refused. Open the page here, and send it from there.",
                details=_details(request),
            )
        )

    def _ask_token(self, passage: Passage, request: Request, row: Row) -> None:
        if self.reporting and _multipart(request):
            # To look for the token would be to read the upload in the view's place.
            return

        sent = self._sent(request)

        if sent and self._accepts(passage, request, sent):
            return

        self.refuse(
            Refusal(
                name="bad-token" if sent else "missing-token",
                status=403,
                message=f"The request {row.because}, and "
                + ("its token is not valid." if sent else "it holds no token.")
                + (_IN_TESTS if self.house.app.testing else _NO_BROWSER),
                says="This page is too old, or its form was not complete. Load the page "
                "again, and send the form once more.",
                details=_details(request),
            )
        )

    def _sent(self, request: Request) -> str:
        headers = request.headers
        sent = headers.get("X-CSRFToken") or headers.get("X-CSRF-Token")

        if sent or request.mimetype not in _FORMS:
            return sent or ""

        length = request.content_length
        limit = request.max_form_memory_size or _FORM

        if not _multipart(request) and length is not None and length <= limit:
            _keep(request)

        form = request.form
        own = form.get(OWN_FIELD) or form.get(FIELD)
        return own or neighbours.sent(self.house.app, request)

    def _accepts(self, passage: Passage, request: Request, sent: str) -> bool:
        if len(sent) > _LONGEST:
            return False

        secret = "" if self.reporting else self._secrets.incoming(passage)

        if secret is not None:
            form = self._form(request.method, "", request)
            who = self.house.known(passage)

            if self._tokens.valid(sent, binding(secret, who, form)):
                return True

        return neighbours.accepts(sent)

    def _form(self, method: str, action: str, request: Request) -> str:
        """Return what tells one form from another, empty if that does not matter."""
        if not self._per_form:
            return ""

        here = request.root_path.rstrip("/") + request.path
        # An action is quoted, a path that came in is not.
        there = unquote(urlsplit(urljoin(quote(here), action)).path)
        return f"{method.upper()} {there}"


def _known_to_browser(environ: Mapping[str, object]) -> bool:
    """Say whether a browser may have said by itself whose request this is."""
    scheme = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")[0]
    return "HTTP_COOKIE" in environ or scheme.lower() in _BY_ITSELF


def _keep(request: Request) -> None:
    """Read the body for the token, and leave it to whoever reads it next."""
    stream = request.environ.get("wsgi.input")
    whole = stream if isinstance(stream, io.BytesIO) else io.BytesIO()
    start = whole.tell()
    # Kept, so that a view that reads the body itself still finds it.
    request.get_data()

    # A test client sends the same object once more where 307 or 308 redirects it.
    whole.seek(start)


def _multipart(request: Request) -> bool:
    return request.mimetype == "multipart/form-data"


def _details(request: Request) -> dict[str, str | int | float | bool | None]:
    environ = request.environ
    site = environ.get("HTTP_SEC_FETCH_SITE")
    origin = environ.get("HTTP_ORIGIN")
    return {
        "site": site and site[:40],
        "origin": origin and origin.partition("://")[2][:200],
    }
