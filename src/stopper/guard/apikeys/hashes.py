"""The keyed hash under which a key is kept, and which of the app's keys made it."""

from __future__ import annotations

import hmac
import os

from ..keys import keyed
from ..keys import Keys

#: What the keys of the hashes are derived for.
PURPOSE = "apikeys"


class Hashes:
    """Hashes keys under those of the app: a stolen table alone checks no guess.

    :param keys: The keys of the app. The newest hashes, the others are still known.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = {_name(key): key for key in keys.of(PURPOSE)}
        #: The name of the newest.
        self.newest = next(iter(self._keys))
        #: What the secret of a key is compared with that is not there.
        self._nothing = os.urandom(32)

    def of(self, id: str, secret: str, name: str = "") -> bytes:
        """Return the hash of a key.

        :param name: Which key of the app makes it; the newest if that is not known.
        """
        key = self._keys.get(name) or self._keys[self.newest]
        return keyed(key, f"{id}:{secret}".encode())

    def right(self, id: str, secret: str, kept: bytes | None, name: str) -> bool:
        """Say whether this is the secret of a key, for the cost of one hash.

        :param kept: What the table has, ``None`` if it has no such key: the answer
            takes as long.
        :param name: The key of the app that made it.
        """
        found = self.of(id, secret, name)
        same = hmac.compare_digest(found, self._nothing if kept is None else kept)
        return same and name in self._keys


def _name(key: bytes) -> str:
    return keyed(key, b"the name of this key")[:8].hex()
