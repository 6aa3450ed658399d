"""Refuses what another site sends in a user's name."""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterable
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
from ...controls.csrf.control import CSRF
from ...controls.csrf.control import PER_FORM
from ...controls.csrf.policy import Row
from ...controls.csrf.policy import SAFE
from ...controls.csrf.policy import stays
from ...controls.csrf.policy import Verdict
from ..base import Guard
from ..base import Headers
from ..house import House
from ..passage import of as passage_of
from ..passage import Passage
from ..stamping import settle
from . import neighbours
from .fields import FIELD
from .fields import hidden
from .fields import KEY
from .fields import NOTHING
from .fields import OWN_FIELD
from .fields import STAMPED
from .marks import exempt
from .refusals import no_token
from .refusals import stranger
from .secret import binding
from .secret import Secrets
from .senders import Senders
from .sent import multipart
from .sent import sent_with
from .tokens import Tokens

#: A token has 86 characters, one of Flask-WTF's some 91.
_LONGEST = 512


class CsrfGuard(Guard):
    """Refuses what another site sends in a user's name."""

    control = CSRF

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._senders = Senders(house)
        self._per_form = PER_FORM.read(house.config)
        self._relaxed = house.relaxed
        self._secrets = Secrets(house)
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
        if request.method in SAFE or not passage.tally or self._senders.usual(request):
            return

        if passage.key is not None:
            return

        refused = self._senders.row(request).verdict is Verdict.REFUSE

        if refused and not (self._is_exempt(request) or self.reporting):
            passage.takes, passage.tally = (), None

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse the request if another site sent it."""
        if request.method in SAFE or self._senders.usual(request):
            return None

        # No browser sends a key by itself: no other site can have one sent.
        if passage.key is not None:
            return None

        row = self._senders.row(request)

        if row.verdict is Verdict.LET_IN or self._is_exempt(request):
            return None

        if row.verdict is Verdict.REFUSE:
            self.refuse(stranger(request, row, self._senders))
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

            if not isinstance(action, str) or not stays(action, self._senders.is_ours):
                return NOTHING

            first = first or action

        # Mails are rendered from template files too.
        token = self.token(html.unescape(first))

        if token is None:
            return NOTHING

        beside = neighbours.gave(self.house.app)
        return hidden(token, OWN_FIELD if beside else FIELD)

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

    def _ask_token(self, passage: Passage, request: Request, row: Row) -> None:
        if self.reporting and multipart(request):
            # To look for the token would be to read the upload in the view's place.
            return

        sent = sent_with(self.house.app, request)

        if sent and self._accepts(passage, request, sent):
            return

        self.refuse(no_token(request, row, sent, self.house.app.testing))

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
