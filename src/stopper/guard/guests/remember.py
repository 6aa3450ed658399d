"""Keeps on the server what Flask-Login remembers a login by.

Its own cookie is a signed user id that is the same for every browser, is kept nowhere, and
logs in until it expires, whatever happens. In its place goes a random one of which the
store knows a hash: one series for each browser, with a new cookie at each use.
"""

from __future__ import annotations

import re
import sys
import typing as t
from collections.abc import Mapping
from datetime import timedelta

from flask import current_app
from flask import g
from flask import request
from flask import Response
from flask import session
from werkzeug.http import http_date

from ...controls.sessions import control
from ...controls.sessions.policy import name_of
from ...controls.sessions.policy import user_of
from ..base import Guard
from ..house import House
from ..stores.base import StoreDown
from .series import SERIES
from .series import Series
from .series import Shown

#: Where a request keeps the cookie that goes in the place of the one it brought.
_NEXT = "_stopper_remember_next"

#: What Flask-Login does by these, ours does.
_METHODS = {
    "_set_cookie": "hand_out",
    "_clear_cookie": "clear",
    "_load_user_from_remember_cookie": "load",
}

#: Where ours stands in ``app.extensions``.
_KEY = "stopper.remember"

#: Says of a manager that it asks the app of each request for ours.
_ASKS = "_stopper_asks"

_VALUE = re.compile(r'=("(?:[^"\\]|\\.)*"|[^;]*)')
_EXPIRES = re.compile(r"Expires=[^;]*", re.I)


def harden(guard: Guard) -> bool:
    """Have Flask-Login remember logins by what the store knows; say whether it does.

    It does not where its own methods are others than those that are known here.
    """
    manager: t.Any = getattr(guard.house.app, "login_manager", None)

    if not all(callable(getattr(manager, name, None)) for name in _METHODS):
        return False

    ours = Remembering(guard.house, _own_methods(manager))
    guard.house.app.extensions[_KEY] = ours
    left = sys.modules["flask_login"].user_logged_out
    left.connect(ours.left, sender=guard.house.app)
    return True


def _own_methods(manager: t.Any) -> Mapping[str, t.Any]:
    """Return the manager's own methods, and have it ask for ours from here on.

    One manager may serve several apps, and has to find those of the right one.
    """
    found: dict[str, t.Any] | None = getattr(manager, _ASKS, None)

    if found is None:
        found = {name: getattr(manager, name) for name in _METHODS}

        for name, own in found.items():
            setattr(manager, name, _asking(name, own))

        setattr(manager, _ASKS, found)

    return found


def _asking(name: str, own: t.Any) -> t.Any:
    def method(*given: t.Any) -> object:
        ours = current_app.extensions.get(_KEY)
        return own(*given) if ours is None else getattr(ours, _METHODS[name])(*given)

    return method


class Remembering:
    """Stands in for three methods of Flask-Login's manager.

    :param own: Those methods.
    """

    def __init__(self, house: House, own: Mapping[str, t.Any]) -> None:
        self._house = house
        self._series = Series(house)
        self._set, self._clear, self._load = (own[name] for name in _METHODS)
        self._encode: t.Any = sys.modules["flask_login"].encode_cookie
        self._users = control.SESSION_USER_KEYS.read(house.config)
        self._takeover = control.takeover_ends(house.config)

    @property
    def _name(self) -> str:
        return str(self._house.app.config.get("REMEMBER_COOKIE_NAME", "remember_token"))

    @property
    def _brought(self) -> str:
        return request.cookies.get(self._name, "")

    def load(self, cookie: str) -> object:
        """Return the user whom a cookie logs in, ``None`` if nobody."""
        try:
            found = self._series.use(cookie)
        except StoreDown as e:
            # Nobody is logged in, and the cookie is good again in a moment.
            self._house.store_failed(e)
            return None

        if found is None:
            return self._take_over(cookie)

        user: object = self._load(self._encode(found.login))

        if user is None:
            return None

        session[SERIES] = found.series

        if found.next is not None:
            setattr(g, _NEXT, found.next)
            session["_remember"] = "set"

        return user

    def _take_over(self, cookie: str) -> object:
        """Take a cookie of Flask-Login's own, while old sessions are taken over too."""
        if self._house.clock() >= self._takeover:
            return None

        user: object = self._load(cookie)

        if user is not None:
            session["_remember"] = "set"

        return user

    def hand_out(self, response: Response) -> None:
        """Put a cookie on the answer, as Flask-Login does, but with a value of ours."""
        self._set(response)
        lines = response.headers.getlist("Set-Cookie")
        theirs = [line for line in lines if line.startswith(f"{self._name}=")]
        others = [line for line in lines if line not in theirs]

        try:
            ours = [self._rewritten(line) for line in theirs[-1:]]
        except StoreDown as e:
            # The user is logged in all the same, for as long as the session lasts.
            self._house.store_failed(e)
            ours = []

        response.headers.setlist("Set-Cookie", [*others, *ours])

    def _rewritten(self, line: str) -> str:
        following: Shown | None = g.pop(_NEXT, None)
        made = following or self._made(self._house.clock() + self._lasts())
        session[SERIES] = made.series
        line = _VALUE.sub(f"={made.value}", line, count=1)
        return _EXPIRES.sub(f"Expires={http_date(made.ends)}", line)

    def _lasts(self) -> float:
        """Return for how many seconds a login is remembered, as Flask-Login does."""
        usual = sys.modules["flask_login"].COOKIE_DURATION
        named = self._house.app.config.get("REMEMBER_COOKIE_DURATION", usual)
        found = session.get("_remember_seconds", named)
        return found.total_seconds() if isinstance(found, timedelta) else float(found)

    def _made(self, ends: float) -> Shown:
        login = str(session["_user_id"])
        before = self._series.of(self._brought)

        if before is not None:
            each = self._house.app.config.get("REMEMBER_COOKIE_REFRESH_EACH_REQUEST")
            same = before.login == login and before.series == session.get(SERIES)

            if each and same:
                return self._series.extend(before, ends)

            self._end(before.record.user, before.series)

        user = user_of(session, self._users) or name_of(login)
        return self._series.begin(login, user, ends)

    def clear(self, response: Response) -> None:
        """Have the browser forget the cookie, and end what it is remembered by."""
        self._clear(response)

        try:
            found = self._series.of(self._brought)

            if found is not None:
                self._end(found.record.user, found.series)
        except StoreDown as e:
            self._house.store_failed(e)

    def left(self, sender: object, **_: t.Any) -> None:
        """End what a session belongs to that somebody logs out of.

        Whether or not it brings the cookie: what a copy opened ends with it.
        """
        series, record = session.get(SERIES), _record()

        if series is None or record is None:
            return

        try:
            self._end(record.user, series)
        except StoreDown as e:
            self._house.store_failed(e)

        session.pop(SERIES, None)

    def _end(self, user: str, series: str) -> None:
        # The session of this request is left by Flask-Login itself, with what it says.
        record = _record()
        self._series.end(user, series, record.id if record is not None else None)


def _record() -> t.Any:
    # The proxy has no such attribute where the session is another extension's.
    return getattr(session, "record", None)
