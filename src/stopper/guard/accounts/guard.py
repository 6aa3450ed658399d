"""Logs in who is remembered, and puts the cookies of accounts on the answer.

It is part of every app, and imports nothing that only accounts need.
"""

from __future__ import annotations

import typing as t

from flask import Flask
from flask import Request
from flask.typing import ResponseReturnValue

from ...controls.accounts.control import ACCOUNTS
from ..base import Guard
from ..base import Headers
from ..headers.caching import is_static
from ..house import House
from ..passage import Passage
from ..refusal import Refusal

#: Where the accounts of an app stand among its extensions.
NAME = "stopper.accounts"


#: What a visitor is told who may be remembered, and cannot be looked up.
DOWN = Refusal(
    name="accounts-down",
    status=503,
    message="The database of STOPPER_ACCOUNTS_URL cannot be reached, so nobody who is "
    "remembered can be logged in.",
    says="This site cannot look up accounts just now. Try again in a few seconds.",
    headers=(("Retry-After", "5"),),
)


class Service(t.Protocol):
    """What is asked of the accounts of an app."""

    def look_at(self, house: House) -> None:
        """Refuse to start with settings that accounts cannot work with."""
        ...

    def arrive(self, passage: Passage) -> None:
        """Log in who is remembered."""
        ...


class AccountsGuard(Guard):
    """Logs in who is remembered, and puts the cookies of accounts on the answer.

    :raises StartError: If the settings are such that accounts cannot work.
    """

    control = ACCOUNTS

    @classmethod
    def needed(cls, app: Flask) -> bool:
        """Say whether users log in to accounts of this app."""
        return bool(getattr(app.extensions.get(NAME), "logs_in", False))

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self._service = t.cast(Service, house.app.extensions[NAME])

        # A command that brings the tables up to date sends no mail.
        if house.serving:
            self._service.look_at(house)

        self._static: dict[str | None, bool] = {}

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Log in who is remembered, if nobody is logged in.

        :raises Refused: With 503 if that cannot be looked up.
        """
        session = passage.session

        if (
            session is not None
            and session.user is None
            and "HTTP_COOKIE" in passage.environ
            and not passage.health
            and not self._is_static(request.endpoint)
        ):
            self._service.arrive(passage)

        return None

    def _is_static(self, endpoint: str | None) -> bool:
        found = self._static.get(endpoint)

        if found is None:
            found = endpoint is not None and is_static(self.house.app, endpoint)
            self._static[endpoint] = found

        return found

    def headers(
        self, passage: Passage, request: Request | None, status: int, headers: Headers
    ) -> None:
        """Put the cookies of accounts on the answer."""
        cookies: dict[str, str] | None = passage.held(ACCOUNTS.name)

        if cookies:
            headers.extend(("Set-Cookie", line) for line in cookies.values())
