"""What a browser keeps of who logged in with it, and what tells a stranger nothing."""

from __future__ import annotations

import base64
import dataclasses
import hmac
import math
import secrets
from collections.abc import Sequence

from ...keys import keyed

#: Users that one browser is known to, the newest first.
MOST = 5

#: Bytes of randomness, of the time, and of the keyed digest.
_NONCE, _TIME, _TAG = 10, 4, 16

#: Characters of one seal: 30 bytes in URL-safe base64, without padding.
LENGTH = 40


@dataclasses.dataclass(frozen=True, slots=True)
class Seal:
    """A seal of a user on a browser.

    :param name: Tells this browser from others; no secret, and nobody's name.
    :param at: When it was made, in seconds since 1970.
    """

    name: str
    at: float


class Seals:
    """Makes and reads the seals of users on browsers.

    A seal is a random number, a time, and a keyed digest of both and the user (OWASP,
    Device Cookies). Whoever has it and not the key cannot tell whose it is, nor whether
    two of them are of one user.

    :param keys: The one to make them with, then those still taken.
    :param lasts: Seconds.
    """

    def __init__(self, keys: Sequence[bytes], lasts: float) -> None:
        self._keys = keys
        self.lasts = lasts

    def find(self, text: str, user: str, now: float) -> Seal | None:
        """Return the seal of a user in a cookie, ``None`` if there is none."""
        for piece in _pieces(text):
            at = int.from_bytes(piece[_NONCE : _NONCE + _TIME], "big")

            if self._is_of(piece, user) and now - at < self.lasts:
                return Seal(piece[:_NONCE].hex(), float(at))

        return None

    def add(self, text: str, user: str, now: float) -> str:
        """Return a cookie with a new seal of a user, and those of others it has."""
        others = [p for p in _pieces(text) if not self._is_of(p, user)]
        # Rounded up: what is forgotten in this very second was there before it.
        time = math.ceil(now).to_bytes(_TIME, "big")
        head = secrets.token_bytes(_NONCE) + time
        mine = head + _tag(self._keys[0], head, user)
        return "".join(_text(piece) for piece in [mine, *others[: MOST - 1]])

    def _is_of(self, piece: bytes, user: str) -> bool:
        head, tag = piece[: _NONCE + _TIME], piece[_NONCE + _TIME :]
        # All of them, so that the time does not say with which it was made.
        found = [hmac.compare_digest(tag, _tag(k, head, user)) for k in self._keys]
        return any(found)


def _tag(key: bytes, head: bytes, user: str) -> bytes:
    return keyed(key, head + user.encode("utf-8", "surrogatepass"))[:_TAG]


def _pieces(text: str) -> list[bytes]:
    whole = range(0, len(text) - LENGTH + 1, LENGTH)
    found = (text[start : start + LENGTH] for start in whole[:MOST])

    try:
        return [base64.urlsafe_b64decode(part) for part in found]
    except ValueError:
        return []


def _text(piece: bytes) -> str:
    return base64.urlsafe_b64encode(piece).decode()
