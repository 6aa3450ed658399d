"""Recovery codes: for who lost the device. Each works once, and none can be read again."""

from __future__ import annotations

import base64

from sqlalchemy.orm import Session

from ...controls.mfa.policy import CODES
from ...controls.mfa.policy import grouped
from ...controls.mfa.policy import recovery_code
from ...controls.mfa.policy import recovery_code_of
from ..vault import Vault
from .credentials import Credentials
from .credentials import RECOVERY


class Recovery:
    """Recovery codes.

    They are random, so that a keyed hash of one is enough: nobody tries 140 bits, and a
    slow hash would only cost the one who has the code.
    """

    def __init__(self, vault: Vault, credentials: Credentials) -> None:
        self._vault = vault
        self._credentials = credentials

    def make(self, sql: Session, user: str, now: float) -> tuple[str, ...]:
        """Make new codes, void the old ones, and return them to be shown once."""
        table = self._credentials.table
        self._credentials.remove(sql, table.user == user, table.kind == RECOVERY)
        codes = tuple(recovery_code() for _ in range(CODES))

        for code in codes:
            key_id, key = next(iter(self._hashes(user, code).items()))
            self._credentials.add(
                sql,
                user=user,
                kind=RECOVERY,
                key=key,
                key_id=key_id,
                created_at=now,
                confirmed_at=now,
            )

        return tuple(map(grouped, codes))

    def take(self, sql: Session, user: str, text: str) -> bool:
        """Say whether this is a code of the user, which it is once."""
        code = recovery_code_of(text)

        if code is None:
            return False

        table = self._credentials.table
        # Looked up by the hash, so that no comparison takes longer the more of it fits.
        return (
            self._credentials.remove(
                sql,
                table.user == user,
                table.kind == RECOVERY,
                table.key.in_(self._hashes(user, code).values()),
            )
            > 0
        )

    def left(self, sql: Session, user: str) -> int:
        """Return how many codes a user has left."""
        return self._credentials.count(sql, user, RECOVERY)

    def _hashes(self, user: str, code: str) -> dict[str, str]:
        found = self._vault.digests(RECOVERY, f"{user}\0{code}".encode())
        return {k: base64.b64encode(v).decode() for k, v in found.items()}
