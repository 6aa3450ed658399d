"""The tokens: each rendering has another text, and all of one visitor say the same."""

from __future__ import annotations

import base64
import hmac
import re
import secrets

from ..keys import keyed

_SHAPE = re.compile(r"[A-Za-z0-9_-]{86}")
_BYTES = 32


class Tokens:
    """Makes and checks tokens: a fresh mask of 256 bits, and a MAC under it.

    The mask makes two renderings of one page differ, so that nothing can be learned of
    the MAC from the length of a compressed page (BREACH).

    :param keys: The one to make tokens with, then those whose tokens are still taken.
    """

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys = keys

    def make(self, bound: bytes) -> str:
        """Return a token that holds for ``bound`` alone: 86 letters, digits, - and _."""
        mask = secrets.token_bytes(_BYTES)
        masked = _xor(mask, keyed(self._keys[0], bound))
        return base64.urlsafe_b64encode(mask + masked)[:86].decode()

    def valid(self, token: str, bound: bytes) -> bool:
        """Say whether this is a token for ``bound``, in the same time if it is none."""
        if not _SHAPE.fullmatch(token):
            return False

        found = base64.urlsafe_b64decode(token + "==")
        sent = _xor(found[:_BYTES], found[_BYTES:])
        # Every key is tried: which one fits is nobody's to measure.
        fits = [hmac.compare_digest(sent, keyed(key, bound)) for key in self._keys]
        return any(fits)


def _xor(one: bytes, other: bytes) -> bytes:
    number = int.from_bytes(one) ^ int.from_bytes(other)
    return number.to_bytes(_BYTES)
