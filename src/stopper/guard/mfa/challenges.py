"""The challenges of passkeys: each is for one session, one purpose, one use."""

from __future__ import annotations

import base64
import hashlib
import secrets
import typing as t

from flask import session

from ..house import House
from ..refusal import Refused
from ..sessions.keeper import DOWN
from ..stores.base import StoreDown
from ..stores.base import Take

#: Where they stand in the session.
KEY = "_stopper_challenges"

#: Where the handle of a user who makes a passkey stands in the session.
HANDLE = "_stopper_handle"

#: Seconds for which one is good (WebAuthn Level 3, 15.1: 5 to 10 minutes).
PATIENCE = 300.0

#: How many are open in a session: one for each tab that somebody has open.
MOST = 4

#: Random bytes of one (WebAuthn Level 3, 13.4.3: at least 16).
LENGTH = 32


class Challenges:
    """The challenges of passkeys."""

    def __init__(self, house: House) -> None:
        self._house = house

    def issue(self, purpose: str) -> bytes:
        """Make a challenge, and keep it in the session.

        :param purpose: ``"login"``; with the user's id where there is one.
        """
        made = secrets.token_bytes(LENGTH)
        until = self._house.clock() + PATIENCE
        kept = [*self._open(), [purpose, base64.b64encode(made).decode(), until]]
        session[KEY] = kept[-MOST:]
        return made

    @property
    def handle(self) -> str:
        """What the passkey that is being made knows its user by, empty for nothing."""
        return str(session.get(HANDLE, ""))

    @handle.setter
    def handle(self, handle: str) -> None:
        session[HANDLE] = handle

    def take(self, purpose: str, challenge: bytes) -> bool:
        """Say whether this one is open for this purpose, and close it.

        Of two requests with the same one that come at once, one is told that it is
        not: a session alone cannot tell, for each of them has read it.

        :raises Refused: If the store cannot be reached.
        """
        text = base64.b64encode(challenge).decode()
        kept = self._open()
        mine = [one for one in kept if one[0] == purpose and one[1] == text]

        if not mine:
            return False

        session[KEY] = [one for one in kept if one not in mine]
        key = f"challenge:{hashlib.sha256(challenge).hexdigest()}"
        return self._first(Take(key, PATIENCE, 1))

    def _first(self, take: Take) -> bool:
        try:
            found = self._house.store.trip(None, (take,), self._house.clock())
        except StoreDown as e:
            self._house.store_failed(e)
            raise Refused("mfa", DOWN) from e

        return found.verdicts[0].wait <= 0

    def _open(self) -> list[list[t.Any]]:
        now = self._house.clock()
        kept = session.get(KEY)
        return [one for one in kept if one[2] > now] if isinstance(kept, list) else []
