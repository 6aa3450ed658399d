"""Refuses what nobody declared, and whom nothing allows."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...catalogue.mode import Mode
from ...controls.authorization.control import AUTHORIZATION
from ...controls.authorization.settings import DECORATORS
from ...controls.transport.control import HEALTH_PATHS
from .. import events
from .. import passage as passages
from ..base import Guard
from ..house import House
from ..passage import Passage
from .authorizing import Authorizing
from .foreign import Foreign
from .hidden import Hidden
from .kept import Changes
from .login import Login
from .login import turned_away
from .refusals import forbidden
from .refusals import hidden
from .refusals import refused
from .refusals import said_of_all
from .refusals import say
from .refusals import undeclared
from .subject import KEY
from .subject import subject_of
from .switch import look_at_switch
from .table import automatic
from .table import Entry
from .table import Table
from .table import UNDECLARED

_NAME = AUTHORIZATION.name


class AuthorizationGuard(Guard):
    """Refuses what nobody declared, and whom nothing allows.

    In report mode, and where the control is off, views of which nothing is declared are
    let through. What the app itself requires holds in each mode.

    :raises StartError: If the login page is none of the app's endpoints, a secret route
        takes keys, or Flask-Login is told to ask nobody.
    """

    control = AUTHORIZATION

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._foreign = Foreign(DECORATORS.read(house.config))
        self._strict = house.chosen(self.control) is not Mode.OFF
        probed = HEALTH_PATHS.read(house.config)
        self._table = Table(house.app, self._foreign, self._strict, probed)
        self._asked = self._table.of
        self._hidden = Hidden(house.app, self._seen)
        self._look_for_secrets()
        self._look_at_keys()
        # A wrong setting is to be known at the start.
        Login(house)
        house.app.jinja_env.globals.setdefault("may", _told(house).may)

        if self._strict:
            look_at_switch(self)
            self._list_undeclared()

    @classmethod
    def stays(cls, house: House) -> bool:
        """Say whether the app itself decides something, which is never off."""
        table = Table(house.app, Foreign(()), strict=False)
        needs = any(table.of(endpoint, m) for _, endpoint, m in table.every())
        return needs or _told(house).rules.any

    def routed(self, passage: Passage, request: Request) -> None:
        """Have a secret route match nothing, for who may not know of it.

        Before any other guard looks: a limit, an exemption or a preflight of its own
        would tell of it.
        """
        if self._marked_at != Changes.count:
            self._look_for_secrets()

        if not self._hides:
            return

        rule = request.url_rule

        if rule is None:
            self._hidden.unmatched(passage, request)
        elif request.method == "OPTIONS" and automatic(rule, "OPTIONS"):
            self._hidden.options(passage, request)
        elif not self._seen(rule.endpoint, request.method):
            say(self.house, hidden(request))
            self._hidden.hide(passage, request)

        # The event of a secret route gives its answer a number, so each has one.
        if request.url_rule is None:
            passage.number()

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse what is not declared, and whoever does not have what it takes."""
        rule = request.url_rule

        if rule is None:
            return self._hidden.outside(request) if passage.hidden else None

        method = request.method

        if method == "OPTIONS" and automatic(rule, method):
            return self._hidden.allowed(request) if self._hides else None

        entry = self._asked(rule.endpoint, method)

        if entry is None:
            return None

        if entry.needs:
            self._ask(passage, entry)
            return None

        self._refuse_undeclared(rule, request)
        return None

    def _ask(self, passage: Passage, entry: Entry) -> None:
        subject = subject_of(self.house, passage)

        if subject is None:
            raise turned_away(self.house)

        short = [need for need in entry.needs if not subject.meets(need)]

        if short:
            raise refused(self.house, forbidden(short[0]))

    def _seen(self, endpoint: str, method: str) -> bool:
        """Say whether the visitor of the current request may know of a route."""
        entry = self._asked(endpoint, method)

        if entry is None or not entry.hidden:
            return True

        found = passages.of(self.house.owner, request_ctx.request.environ)

        try:
            subject = subject_of(self.house, found)
            return subject is not None and all(map(subject.meets, entry.needs))
        except HTTPException:
            raise
        except Exception:
            # An error page would tell that there is something to ask about.
            events.LOGGER.exception("Nobody could say who may know of a hidden route.")
            return False

    def _refuse_undeclared(self, rule: Rule, request: Request) -> None:
        view = self.house.app.view_functions.get(rule.endpoint)
        around = list(dict.fromkeys(self._foreign.unknown(view, request.method)))
        self.refuse(undeclared(view, rule.endpoint, request.method, around))

    def _look_for_secrets(self) -> None:
        """Look whether any route is a secret: most apps have none."""
        self._marked_at = Changes.count
        self._hides = self._table.hides()

    def _look_at_keys(self) -> None:
        """Refuse to start with a secret route that would ask for a key."""
        for rule, method in self._table.secrets_with_keys():
            raise StartError(
                f"{rule.endpoint!r} ({method}) is hidden and takes API keys: whoever brings "
                "none is asked for one, and so learns of it. Take hidden=True away, or "
                "answer in the view as if nothing were there: "
                "stopper.check(..., hidden=True)."
            )

    def _list_undeclared(self) -> None:
        """Say once, at the start, which routes nobody declared."""
        by_rule: dict[str, list[str]] = {}
        views = self.house.app.view_functions
        around: dict[str, None] = {}

        for rule, method in self._table.undeclared():
            by_rule.setdefault(f"{rule.rule} ({rule.endpoint})", []).append(method)
            view = views.get(rule.endpoint)
            around.update(dict.fromkeys(self._foreign.unknown(view, method)))

        if by_rule:
            routes = [f"{','.join(m)} {name}" for name, m in sorted(by_rule.items())]
            self.house.emit(
                _NAME,
                "undeclared-routes",
                Action.REPORTED if self.reporting else Action.REFUSED,
                said_of_all(routes, list(around), self.reporting),
                routes=len(routes),
            )

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return who may ask for the route."""
        says = self._table.entry(rule.endpoint, method).says

        if says:
            return (says,)

        return (UNDECLARED,) if self._strict and not automatic(rule, method) else ()


def _told(house: House) -> Authorizing:
    """Return what the app says of authorization."""
    found = house.app.extensions.get(KEY)
    return found if isinstance(found, Authorizing) else Authorizing()
