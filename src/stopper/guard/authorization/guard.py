"""Refuses what nobody declared, and whom nothing allows."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ...catalogue.event import Action
from ...catalogue.mode import Mode
from ...controls.authorization.control import AUTHORIZATION
from ...controls.authorization.settings import DECORATORS
from ...controls.transport.control import HEALTH_PATHS
from .. import passage as passages
from ..base import Guard
from ..house import House
from ..passage import Passage
from .authorizing import Authorizing
from .foreign import Foreign
from .hidden import Hidden
from .login import Login
from .login import turned_away
from .marks import Need
from .refusals import forbidden
from .refusals import hidden
from .refusals import refused
from .refusals import said_of_all
from .refusals import say
from .refusals import undeclared
from .subject import KEY
from .subject import subject_of
from .table import automatic
from .table import Entry
from .table import Table
from .table import UNDECLARED

_NAME = AUTHORIZATION.name


class AuthorizationGuard(Guard):
    """Refuses what nobody declared, and whom nothing allows.

    In report mode, and where the control is off, views of which nothing is declared are
    let through. What the app itself requires holds in each mode.

    :raises StartError: If the login page is none of the app's endpoints.
    """

    control = AUTHORIZATION

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._foreign = Foreign(DECORATORS.read(house.config))
        self._strict = house.chosen(self.control) is not Mode.OFF
        probed = HEALTH_PATHS.read(house.config)
        self._table = Table(house.app, self._foreign, self._strict, probed)
        self._hidden = Hidden(house.app, self._seen)
        # A wrong setting is to be known at the start.
        Login(house)
        house.app.jinja_env.globals.setdefault("may", _told(house).may)

        if self._strict:
            self._list_undeclared()

    @classmethod
    def stays(cls, house: House) -> bool:
        """Say whether the app itself decides something, which is never off."""
        table = Table(house.app, Foreign(()), strict=False)
        needs = any(table.of(endpoint, m) for _, endpoint, m in table.every())
        return needs or _told(house).rules.any

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse what is not declared, and whoever does not have what it takes."""
        rule = request.url_rule

        if rule is None:
            return self._hidden.unmatched(request) if self._table.hides else None

        method = request.method
        entry = self._table.of(rule.endpoint, method)

        if entry is None and not self._table.hides:
            return None

        if method == "OPTIONS" and automatic(rule, method):
            return self._hidden.options(request) if self._table.hides else None

        if entry is None:
            return None

        if entry.needs:
            return self._ask(passage, request, entry)

        self._refuse_undeclared(rule, request)
        return None

    def _ask(
        self, passage: Passage, request: Request, entry: Entry
    ) -> ResponseReturnValue | None:
        subject = subject_of(self.house, passage)
        meets = subject.meets if subject else _nobody
        short = [need for need in entry.needs if not meets(need)]

        if not short:
            return None

        if entry.hidden:
            say(self.house, hidden(request))
            return self._hidden.hide(request)

        if subject is None:
            raise turned_away(self.house)

        raise refused(self.house, forbidden(short[0]))

    def _seen(self, endpoint: str, method: str) -> bool:
        """Say whether the visitor of the current request may know of a route."""
        entry = self._table.of(endpoint, method)

        if entry is None or not entry.hidden:
            return True

        found = passages.of(self.house.owner, request_ctx.request.environ)
        subject = subject_of(self.house, found)
        return subject is not None and all(map(subject.meets, entry.needs))

    def _refuse_undeclared(self, rule: Rule, request: Request) -> None:
        view = self.house.app.view_functions.get(rule.endpoint)
        around = list(dict.fromkeys(self._foreign.unknown(view, request.method)))
        self.refuse(undeclared(view, rule.endpoint, request.method, around))

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


def _nobody(need: Need) -> bool:
    return False


def _told(house: House) -> Authorizing:
    """Return what the app says of authorization."""
    found = house.app.extensions.get(KEY)
    return found if isinstance(found, Authorizing) else Authorizing()
