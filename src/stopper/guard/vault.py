"""Keeps what has to be read again, such as the secret of a TOTP, encrypted at rest."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..catalogue.error import StartError
from ..catalogue.error import StopperError
from ..controls.secrets.settings import data_key
from ..controls.secrets.settings import DATA_KEYS
from .keys import hkdf
from .keys import keyed
from .keys import Keys

#: Bytes of a nonce (NIST SP 800-38D, 8.2.2). They are random: one derived key seals far
#: fewer than the 2**32 values after which that would have to change.
NONCE = 12


class Sealed(StopperError):
    """What is kept cannot be opened: it was changed, moved, or its key is missing."""


class Vault:
    """Encrypts with AES-256-GCM, under keys with ids, one derived key for each purpose.

    What is sealed is bound to its purpose and its owner: moved into the row of somebody
    else it cannot be opened.

    :param config: Holds ``STOPPER_DATA_KEYS``.
    :param keys: Those of the app, from which the keys are derived where none are set.
    """

    def __init__(self, config: Mapping[str, object], keys: Keys) -> None:
        given = dict(map(data_key, DATA_KEYS.read(config)))
        # What was sealed before there were keys of their own is still to be opened.
        self._roots = {**given, **_derived(keys)}
        self.newest = next(iter(self._roots))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the one that seals first."""
        return tuple(self._roots)

    def seal(self, purpose: str, owner: str, plain: bytes) -> tuple[str, bytes]:
        """Return the id of the key, and what is to be kept.

        :param purpose: ``"totp"``; two purposes never share a key.
        :param owner: Whose it is: the id of a user, or of a row.
        """
        nonce = secrets.token_bytes(NONCE)
        cipher = AESGCM(self._key(self.newest, purpose))
        return self.newest, nonce + cipher.encrypt(nonce, plain, _bound(purpose, owner))

    def open(self, purpose: str, owner: str, key_id: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        :raises Sealed: If it was changed, is not that of this owner and purpose, or its
            key is not known.
        """
        cipher = AESGCM(self._key(key_id, purpose))

        try:
            return cipher.decrypt(
                sealed[:NONCE], sealed[NONCE:], _bound(purpose, owner)
            )
        except (InvalidTag, ValueError):
            raise Sealed(
                f"What is kept under the key {key_id!r} for {purpose!r} cannot be "
                "opened: it was changed, or moved from another row."
            ) from None

    def digests(self, purpose: str, text: bytes) -> dict[str, bytes]:
        """Return a keyed hash of 32 bytes under every key, the newest first.

        What was hashed once can only be compared, so that each key has to be tried.
        """
        return {name: keyed(self._key(name, purpose), text) for name in self._roots}

    def _key(self, key_id: str, purpose: str) -> bytes:
        root = self._roots.get(key_id)

        if root is None:
            raise Sealed(_missing([key_id]))

        return _purpose_key(root, purpose)

    def look_at(self, stored: set[str]) -> None:
        """Refuse to start where something is kept under a key that is not there.

        :param stored: The ids that stand in the tables.
        :raises StartError: If one is unknown.
        """
        unknown = sorted(stored - set(self._roots))

        if unknown:
            raise StartError(_missing(unknown))


@functools.lru_cache(maxsize=256)
def _purpose_key(root: bytes, purpose: str) -> bytes:
    return hkdf(root, b"data " + purpose.encode())


def _bound(purpose: str, owner: str) -> bytes:
    # A zero byte stands in no purpose, so that two pairs never give one text.
    return purpose.encode() + b"\0" + owner.encode()


def _derived(keys: Keys) -> dict[str, bytes]:
    roots = keys.of("data-keys")
    return {f"app-{hashlib.sha256(b'id' + r).hexdigest()[:12]}": r for r in roots}


def _missing(ids: list[str]) -> str:
    derived = any(name.startswith("app-") for name in ids)
    where = (
        "It was derived from an older SECRET_KEY: put that one into "
        "SECRET_KEY_FALLBACKS."
        if derived
        else "Put the key back at the end of the list."
    )
    return (
        f"Data is kept under {', '.join(map(repr, ids))}, and STOPPER_DATA_KEYS has no "
        f"such key. {where} Until then second factors could not be checked."
    )
