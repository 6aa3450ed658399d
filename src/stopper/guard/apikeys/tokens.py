"""Signed tokens: what a key is changed into for some minutes.

A token is ``prefix.claims.signature``: JSON and HMAC-SHA256 in URL-safe base64. There is
one algorithm, and no header that could name another (RFC 8725, 2.1 and 3.1, is about
those of JWT).
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hmac
import json
import typing as t

from ..keys import Keys

#: What the keys of the signatures are derived for.
PURPOSE = "apikeys.tokens"

#: Seconds that a token lives at most, whatever it says itself.
LONGEST = 900

#: Seconds by which the clock of the machine that made a token may be ahead of ours.
SKEW = 60

#: Characters of the longest token that is looked at.
_MOST = 4096


@dataclasses.dataclass(frozen=True, slots=True)
class Claims:
    """What a token says.

    :param id: The key that it was minted from.
    :param made: When, in seconds since 1970.
    """

    id: str
    scopes: frozenset[str]
    made: int
    expires: int


class Tokens:
    """Signs tokens, and reads those that are good.

    :param audience: Whom they are for, the app's main origin: one with the same keys
        at another origin takes none of them.
    """

    def __init__(self, keys: Keys, prefix: str, audience: str) -> None:
        self._keys = keys.of(PURPOSE)
        self._start = f"{prefix}."
        self._audience = audience

    def ours(self, text: str) -> bool:
        """Say whether this looks like a token; a key has no dot."""
        return text.startswith(self._start)

    def mint(self, claims: Claims) -> str:
        """Return a token that says this."""
        said = {
            "aud": self._audience,
            "exp": claims.expires,
            "iat": claims.made,
            "key": claims.id,
            "scope": " ".join(sorted(claims.scopes)),
        }
        body = self._start + _encoded(json.dumps(said, separators=(",", ":")).encode())
        return f"{body}.{_encoded(_signature(self._keys[0], body))}"

    def read(self, text: str, now: float) -> Claims | None:
        """Return what a token says, ``None`` if it is not good (any more).

        Whether its key still is, has to be asked elsewhere.
        """
        body, _, signature = text.rpartition(".")

        if len(text) > _MOST or not text.isascii() or not self.ours(body):
            return None

        # Each key is tried: how long it takes says nothing of which one it was. Base64
        # can be written in several ways, and only ours is taken.
        right = [
            hmac.compare_digest(_encoded(_signature(key, body)), signature)
            for key in self._keys
        ]
        return self._claims(body, now) if any(right) else None

    def _claims(self, body: str, now: float) -> Claims | None:
        try:
            said = json.loads(_decoded(body[len(self._start) :]))
            found = _claims_in(said, self._audience)
        except (ValueError, KeyError, TypeError):
            return None

        # One from the future is no token yet: its time would begin when somebody likes.
        begun = found.made <= now + SKEW
        return found if begun and _lives(found) and now < found.expires else None


def _lives(claims: Claims) -> bool:
    return 0 < claims.expires - claims.made <= LONGEST


def _claims_in(said: dict[str, t.Any], audience: str) -> Claims:
    if said["aud"] != audience:
        raise ValueError("for another audience")

    return Claims(
        id=str(said["key"]),
        scopes=frozenset(said["scope"].split()),
        made=int(said["iat"]),
        expires=int(said["exp"]),
    )


def _signature(key: bytes, body: str) -> bytes:
    return hmac.digest(key, body.encode(), "sha256")


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
