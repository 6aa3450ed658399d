"""A stored hash that was read: how it is verified, and what it was made with."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hmac
from collections.abc import Callable
from collections.abc import Hashable


@dataclasses.dataclass(frozen=True, slots=True)
class Known:
    """A stored hash that was read, and is within bounds.

    :param scheme: Its name, for events: ``"argon2id"``.
    :param matches: Says whether the bytes of a password are those that were hashed. It
        takes as long as the hash is made to take.
    :param made_with: What it was made with; compared with what a new one would be made
        with.
    :param pepper: The id of the key that went in before, ``None`` for none.
    :param ours: Whether only Stopper writes such a hash, and so of the NFKC form alone.
    """

    scheme: str
    matches: Callable[[bytes], bool] = dataclasses.field(repr=False)
    made_with: Hashable = None
    pepper: str | None = None
    ours: bool = False


def compares(tag: bytes, derive: Callable[[bytes], bytes]) -> Callable[[bytes], bool]:
    """Return what says whether a password derives to ``tag``, in constant time."""
    return lambda password: hmac.compare_digest(derive(password), tag)


def tag64(text: str, alphabet: str = "+/") -> bytes | None:
    """Return the bytes of a hash in Base64, padded or not, ``None`` if it is none.

    :param alphabet: The last two letters: passlib has ``./`` in some forms.
    """
    plain = text.rstrip("=").translate(str.maketrans(alphabet, "+/"))

    try:
        found = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None

    return found
