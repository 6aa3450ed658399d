"""One key for each purpose, derived from those of the app."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from ..catalogue.error import SettingError
from ..controls.secrets.policy import sample

#: Characters of a key that nobody tries out: 64 bits, were they random hexadecimals.
SHORTEST = 16

#: What is mixed into every derivation, so that no other program that shares the
#: app's key arrives at the same ones.
SALT = b"stopper"


def hkdf(key: bytes, purpose: bytes, length: int = 32, salt: bytes = SALT) -> bytes:
    """Return a key for one purpose (HKDF with SHA-256, RFC 5869).

    :param length: Bytes, at most 255 times 32.
    """
    if not 0 < length <= 255 * 32:
        raise ValueError(f"HKDF gives 1 to {255 * 32} bytes, and not {length}.")

    extracted = hmac.digest(salt, key, "sha256")
    block, found = b"", b""

    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(extracted, block + purpose + bytes([counter]), "sha256")
        found += block

    return found[:length]


def keyed(key: bytes, text: bytes) -> bytes:
    """Return 32 bytes that only who has the key can make of ``text`` (RFC 7693)."""
    return hashlib.blake2b(text, key=key, digest_size=32).digest()


def weakness(key: object) -> str | None:
    """Say what is wrong with a key of the app, ``None`` if nothing is to be seen.

    :return: Ends a sentence that begins with the name of the setting.
    """
    found = key.decode("latin-1") if isinstance(key, bytes) else str(key)

    if sample(found):
        return "is a key that tutorials show, and word lists have it"

    if len(found) < SHORTEST:
        return f"has fewer than {SHORTEST} characters, and can be guessed"

    return None


class Keys:
    """The keys of an app, each derived for a purpose.

    :param config: Holds ``SECRET_KEY`` and ``SECRET_KEY_FALLBACKS``, as Flask has them.
    :raises SettingError: If there is no key, or the fallbacks are no list of keys.
    """

    def __init__(self, config: Mapping[str, object]) -> None:
        first = config.get("SECRET_KEY")
        others = config.get("SECRET_KEY_FALLBACKS") or ()

        # A string would be a list of keys of one letter each.
        if not isinstance(others, list | tuple):
            raise SettingError(
                "SECRET_KEY_FALLBACKS takes a list of keys, the newest first, and not "
                f"{type(others).__name__}."
            )

        self._roots = tuple(
            _bytes(name, key)
            for name, key in [
                ("SECRET_KEY", first),
                *(("SECRET_KEY_FALLBACKS", key) for key in others),
            ]
        )

    def of(self, purpose: str) -> tuple[bytes, ...]:
        """Return the keys of a purpose: the one to sign with, then those still taken.

        :param purpose: ``"csrf"``; two purposes never share a key.
        """
        info = purpose.encode()
        return tuple(hkdf(root, info) for root in self._roots)


def _bytes(name: str, key: object) -> bytes:
    found = key.encode() if isinstance(key, str) else key

    if not isinstance(found, bytes) or not found:
        raise SettingError(
            f"{name} is missing or empty, and it takes text or bytes from a good source "
            "of randomness: python -c 'import secrets; print(secrets.token_hex(32))'."
        )

    return found
