"""A key that is good, as views and the other guards see it."""

from __future__ import annotations

import dataclasses

from ...catalogue.error import StopperError


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """A key that a program brought, and that is good.

    :param id: The part of it that is no secret.
    :param user: The id of its owner, as text.
    :param scopes: What it may do; of a token, what the token may.
    :param expires_at: In seconds since 1970.
    :param rate: How often it may be used, empty for the setting's.
    :param token: Whether a token came that was minted from it, and not the key.
    """

    id: str
    user: str
    label: str
    scopes: frozenset[str]
    expires_at: float
    rate: str = ""
    token: bool = False

    def may(self, *scopes: str) -> bool:
        """Say whether it has all of these scopes."""
        return self.scopes.issuperset(scopes)


class KeysDown(StopperError):
    """The database of the keys cannot be asked."""
