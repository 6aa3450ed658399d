"""Makes the row of a new key, and the key itself, which is in no table."""

from __future__ import annotations

import dataclasses
import secrets

from sqlalchemy.orm import Session

from ...controls.apikeys.policy import DIGITS
from ...controls.apikeys.policy import ID
from ...controls.apikeys.policy import Parts
from ...controls.apikeys.policy import SECRET
from ...controls.apikeys.policy import written
from ..tables.mixins import ApiKeyMixin
from .hashes import Hashes
from .rows import COLUMNS
from .rows import KeyRow
from .wishes import Wish

#: Seconds of a day.
DAY = 86_400.0


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """A new key.

    :param key: The key itself, which is shown once and kept nowhere.
    """

    key: str = dataclasses.field(repr=False)
    row: KeyRow


class Maker:
    """Makes keys that begin with the app's prefix."""

    def __init__(self, table: type[ApiKeyMixin], hashes: Hashes, prefix: str) -> None:
        self._table = table
        self._hashes = hashes
        self._prefix = prefix

    def add(
        self, sql: Session, user: str, wish: Wish, days: int, now: float, id: str
    ) -> Made:
        """Add the row of a new key.

        :param wish: One that was checked.
        :param id: Of :func:`new_id`.
        """
        parts = Parts(self._prefix, id, _random(SECRET))
        row = KeyRow(
            id=id,
            user=user,
            hash=self._hashes.of(id, parts.secret),
            key_id=self._hashes.newest,
            label=wish.label,
            scopes=" ".join(wish.scopes),
            networks=wish.networks,
            rate=wish.rate,
            created_at=now,
            expires_at=now + days * DAY,
            revoked_at=None,
            used_at=None,
            used_from="",
            successor=None,
        )
        sql.add(self._model(row))
        return Made(written(parts), row)

    def _model(self, row: KeyRow) -> ApiKeyMixin:
        made = self._table()

        for name in COLUMNS:
            setattr(made, name, getattr(row, name))

        return made


def new_id() -> str:
    """Return the id of a new key."""
    return _random(ID)


def _random(digits: int) -> str:
    return "".join(secrets.choice(DIGITS) for _ in range(digits))
