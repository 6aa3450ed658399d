"""Asks again who it is where a view wants to know, and for the second factor of a role.

It is in every app, also where there are no accounts: nothing of theirs is imported.
"""

from __future__ import annotations

import threading
import typing as t
from collections.abc import Iterable
from functools import partial

from flask import Request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.mfa.control import MFA
from ...controls.mfa.settings import FRESH_MINUTES
from ...controls.mfa.settings import MFA_ROLES
from ..accounts import login
from ..authorization.kept import Kept
from ..base import Guard
from ..headers.caching import is_static
from ..house import House
from ..passage import Passage
from .again import lead
from .marks import anywhere
from .marks import fresh_of

#: Where accounts stand among the extensions, and their pages among the endpoints.
ACCOUNTS = "stopper.accounts"
PAGES = "stopper_accounts"

#: What answers who still has to set up a second factor.
OPEN = frozenset(
    f"{PAGES}.{name}"
    for name in (
        "factors",
        "totp",
        "totp_confirm",
        "passkey_options",
        "passkey_add",
        "recovery",
        "recovery_new",
        "confirm",
        "confirm_options",
        "confirm_passkey",
        "logout",
        "static",
    )
)

#: Seconds for which a user is known to need no second factor.
KNOWN_FOR = 30.0

#: How many such users are remembered.
MOST = 10_000


class Accounts(t.Protocol):
    """What is asked of the accounts of an app."""

    def lacks_factor(self, user: str) -> bool:
        """Say whether a user must have a second factor, and has none."""
        ...


class MfaGuard(Guard):
    """Asks again who it is where a view wants to know, and for the factor of a role.

    :raises StartError: If a view wants to know, and there are no pages of accounts.
    """

    control = MFA

    def __init__(self, house: House) -> None:
        super().__init__(house)
        found = house.app.extensions.get(ACCOUNTS)
        self._accounts = t.cast("Accounts | None", found)
        self._minutes = FRESH_MINUTES.read(house.config)
        roles = bool(MFA_ROLES.read(house.config))
        self._demanding = roles and found is not None
        self._marked = anywhere(house.app)
        self._mark = Kept(house.app, partial(fresh_of, house.app)).of
        self._spared: dict[tuple[str, float], float] = {}
        self._lock = threading.Lock()

        there = f"{PAGES}.confirm" in house.app.view_functions

        if not there and (self._marked or roles):
            what = (
                "A view is marked with stopper.fresh" if self._marked else MFA_ROLES.key
            )
            raise StartError(
                f"{what}{'' if self._marked else ' is set'}, and this app has no "
                "pages of ours, which alone ask how somebody logs in: Accounts(app) of "
                "stopper.accounts gives it some."
            )

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Lead who has to show something first to the page that asks for it."""
        endpoint = request.endpoint

        if endpoint is None or passage.health:
            return None

        if self._demanding:
            answer = self._set_up(endpoint)

            if answer is not None:
                return answer

        return self._step_up(endpoint, request.method) if self._marked else None

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return how fresh a login has to be for the route."""
        mark = fresh_of(self.house.app, rule.endpoint, method)

        if mark is not None:
            yield f"fresh {mark.minutes or self._minutes} minutes"

    def _step_up(self, endpoint: str, method: str) -> ResponseReturnValue | None:
        mark = self._mark(endpoint, method)

        if mark is None or method == "OPTIONS":
            return None

        known = login.current()

        if known is None:
            return lead(f"{PAGES}.login", "Log in first", 401, "login")

        minutes = mark.minutes or self._minutes

        if known.is_fresh(self.house.clock(), minutes):
            return None

        self.house.emit(
            "mfa",
            "step-up",
            Action.NOTED,
            f"The user showed who they are more than {minutes} minutes ago, and is asked "
            "again.",
        )
        return lead(f"{PAGES}.confirm", "Show again who you are", 401, "step_up")

    def _set_up(self, endpoint: str) -> ResponseReturnValue | None:
        known = login.current()

        if known is None or known.factors >= 2:
            return None

        if endpoint in OPEN or is_static(self.house.app, endpoint):
            return None

        if not self._lacks(known):
            return None

        self.house.emit(
            "mfa",
            "factor-missing",
            Action.REFUSED,
            f"A role of the user is in {MFA_ROLES.key}, and the user has no second "
            "factor; nothing else is served until one is set up.",
        )
        title = "Set up a second factor first"
        return lead(f"{PAGES}.factors", title, 403, "factors")

    def _lacks(self, known: login.Login) -> bool:
        """Ask the accounts, unless they said just now that this login is fine."""
        now, key = self.house.clock(), (known.user, known.at)

        if now < self._spared.get(key, 0.0):
            return False

        if self._accounts is not None and self._accounts.lacks_factor(known.user):
            return True

        with self._lock:
            if len(self._spared) >= MOST:
                self._spared.clear()

            self._spared[key] = now + KNOWN_FOR

        return False
