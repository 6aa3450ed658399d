"""Lets a program do what its key allows, and nobody else."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from functools import partial

from flask import Request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from ...catalogue.error import SettingError
from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.apikeys import settings
from ...controls.apikeys.control import APIKEYS
from ..authorization.kept import Changes
from ..authorization.kept import Kept
from ..base import Guard
from ..house import House
from ..passage import Passage
from . import refusals
from .address import keys_of
from .address import mask
from .key import Key
from .key import KeysDown
from .marks import every_mark
from .marks import Mark
from .marks import marked
from .rates import KeyRates
from .visitor import forget

#: The accounts of an app, in ``app.extensions``.
_ACCOUNTS = "stopper.accounts"

#: Keys in one URL that are looked up; a list of them is no accident.
_MOST = 5

#: Seconds in which a database that is down is said to be so once.
_SAID_AGAIN = 60


class ApiKeysGuard(Guard):
    """Lets a program do what its key allows, and nobody else.

    :raises StartError: If a view takes keys, and the app has none.
    :raises SettingError: If a view asks for a scope that no key can have.
    """

    control = APIKEYS

    def __init__(self, house: House) -> None:
        super().__init__(house)
        config = house.config
        self._accounts: t.Any = house.app.extensions.get(_ACCOUNTS)
        self._header = settings.HEADER.read(config)
        self._environ_key = f"HTTP_{self._header.upper().replace('-', '_')}"
        #: With what every key begins.
        self._start = f"{settings.PREFIX.read(config)}_"
        self._rates = KeyRates(house)
        self._scopes = settings.SCOPES.read(config)
        self._mark = Kept(house.app, partial(marked, house.app)).of
        self._look_at_marks()

    def _look_at_marks(self) -> None:
        at = Changes.count

        for endpoint, mark in every_mark(self.house.app):
            self._look_at(endpoint, mark, self._scopes)

        self._looked_at = at

    def _look_at(self, endpoint: str, mark: Mark, scopes: t.Container[str]) -> None:
        if self._accounts is None:
            raise StartError(
                f"{endpoint!r} takes API keys, and this app has none: "
                "stopper.accounts.Accounts(app) gives it some, and needs pip install "
                "'stopper[accounts]'."
            )

        for scope in sorted(mark.scopes):
            if scope not in scopes:
                raise SettingError(
                    f"{endpoint!r} asks for the scope {scope!r}, and "
                    f"{settings.SCOPES.key} has none of that name, so that no key could "
                    "have it."
                )

    def plan(self, passage: Passage, request: Request) -> None:
        """Judge the key of a route that takes keys, before anybody asks who it is."""
        # Somebody marked a view while the app serves: it must not go unasked.
        if self._looked_at != Changes.count:
            self._look_at_marks()

        if self._accounts is None:
            return

        self._look_at_address(request)
        rule = request.url_rule

        if rule is None:
            return

        mark = self._mark(rule.endpoint, request.method)

        if mark is None or _flasks_own(rule, request.method):
            return

        forget(passage, request)
        passage.key = key = self._admitted(request)

        if not key.may(*mark.scopes):
            self.refuse(refusals.missing_scope(key.id, mark.scopes, key.scopes))

        passage.key_takes = self._rates.takes(key)

    def before(self, passage: Passage, request: Request) -> ResponseReturnValue | None:
        """Refuse a key that is used too often."""
        if passage.key is not None:
            refusal = self._rates.judged(passage, passage.key)

            if refusal is not None:
                self.refuse(refusal)

        return None

    def declared(self, rule: Rule, view: object, method: str) -> Iterable[str]:
        """Return what the route asks of a key."""
        mark = marked(self.house.app, rule.endpoint, method)

        if mark is not None:
            yield mark.says

    def _admitted(self, request: Request) -> Key:
        text = self._sent(request)

        if not text:
            self.refuse(refusals.no_key(self._header))

        try:
            found = self._accounts.apikeys.checks.brought(text, request.remote_addr)
        except KeysDown as e:
            self._down(e)

        if found.key is None:
            wait = self._rates.wrong(request.remote_addr)

            if wait > 0:
                self.refuse(refusals.too_many_wrong(wait))

            self.refuse(refusals.wrong_key(found.reason, found.id))

        return t.cast(Key, found.key)

    def _sent(self, request: Request) -> str:
        sent = str(request.environ.get(self._environ_key, "")).strip()

        if self._environ_key != "HTTP_AUTHORIZATION":
            return sent

        scheme, _, rest = sent.partition(" ")
        return rest.strip() if scheme.lower() == "bearer" else ""

    def _look_at_address(self, request: Request) -> None:
        """Refuse a key in the URL, on whatever route, and end it.

        It is taken out of what this process still may log. The logs of proxies and of
        some servers, and the histories of browsers, are out of reach: what stands there
        must open nothing any more.
        """
        found = keys_of(request.environ, self._start)[:_MOST]

        if not found:
            return

        mask(request)

        try:
            # Each of them: a list of keys would else hide one behind others.
            ended = [self._accounts.apikeys.checks.burn(parts) for parts in found]
        except KeysDown as e:
            self._down(e)

        ids = " ".join(parts.id for parts in found)
        self.refuse(refusals.in_address(ids, any(ended)))

    def _down(self, error: KeysDown) -> t.NoReturn:
        if self.house.once(("keys-down", int(self.house.clock() // _SAID_AGAIN))):
            self.house.emit("apikeys", "keys-down", Action.FAILED, str(error))

        self.refuse(refusals.KEYS_DOWN)
        raise error


def _flasks_own(rule: Rule, method: str) -> bool:
    """Say whether Flask answers in the view's place, as it does OPTIONS."""
    return method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)
