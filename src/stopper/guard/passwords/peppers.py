"""Peppers: keys that are not in the database, and that every hash needs."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from collections.abc import Mapping

from ...catalogue.error import StartError
from ...controls.passwords.settings import pepper
from ...controls.passwords.settings import PEPPERS


class Peppers:
    """The keys of ``STOPPER_PASSWORD_PEPPERS``, by id.

    :raises SettingError: If one is none.
    """

    def __init__(self, config: Mapping[str, object]) -> None:
        self._keys = dict(filter(None, map(pepper, PEPPERS.read(config))))

    @property
    def newest(self) -> str | None:
        """The id of the one that new hashes take, ``None`` if there is none."""
        return next(iter(self._keys), None)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all, the newest first."""
        return tuple(self._keys)

    def __contains__(self, id: str) -> bool:
        return id in self._keys

    def into(self, password: bytes, id: str | None) -> bytes:
        """Return what is hashed in the place of a password (HMAC with SHA-256, Base64)."""
        if id is None:
            return password

        return base64.b64encode(hmac.digest(self._keys[id], password, "sha256"))

    def look(self, named: Iterable[str]) -> None:
        """Refuse to start where a hash names a pepper that is gone.

        :param named: The ids that stand in hashes.
        :raises StartError: If one of them is not there.
        """
        gone = sorted({*named} - {*self._keys})

        if gone:
            raise StartError(
                f"Stored hashes name the pepper {gone[0]!r:.40}, and {PEPPERS.key} has "
                "none of that id: nobody who has such a hash could log in. Put it back "
                "after the newer ones; it may go when no hash names it any more."
            )
