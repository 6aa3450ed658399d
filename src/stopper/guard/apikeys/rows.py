"""A row of the table of keys, as it is listed and judged."""

from __future__ import annotations

import dataclasses
import typing as t

from sqlalchemy import bindparam
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import inspect
from sqlalchemy import Select
from sqlalchemy import select

from ..tables.mixins import ApiKeyMixin
from ..tables.mixins import UserMixin


@dataclasses.dataclass(frozen=True, slots=True)
class KeyRow:
    """What is kept of a key. Times are in seconds since 1970.

    :param hash: Of the secret, with the name of the app's key that made it.
    :param networks: From where it is taken, with a space between them; empty for all.
    :param successor: The id of the key that takes its place.
    :param owned: Whether its owner may log in, where that is known; not of the table.
    """

    id: str
    user: str
    hash: bytes = dataclasses.field(repr=False)
    key_id: str
    label: str
    scopes: str
    networks: str
    rate: str
    created_at: float
    expires_at: float
    revoked_at: float | None
    used_at: float | None
    used_from: str
    successor: str | None
    owned: bool = True

    @property
    def scope_list(self) -> list[str]:
        """The scopes, one by one."""
        return self.scopes.split()

    def state(self, now: float) -> str:
        """Return ``"live"``, ``"replaced"`` (it lives on for a while), ``"expired"`` or
        ``"revoked"``.
        """
        if self.revoked_at is not None:
            return "revoked"

        if now >= self.expires_at:
            return "expired"

        return "replaced" if self.successor else "live"

    def as_dict(self, now: float) -> dict[str, t.Any]:
        """Return what its owner may know of it, for JSON."""
        return {
            "id": self.id,
            "label": self.label,
            "state": self.state(now),
            "scopes": self.scope_list,
            "networks": self.networks.split(),
            "created_at": self.created_at,
            "expires_at": self.expires_at,
            "revoked_at": self.revoked_at,
            "used_at": self.used_at,
            "used_from": self.used_from,
            "successor": self.successor,
        }


#: The columns of the table.
COLUMNS = tuple(f.name for f in dataclasses.fields(KeyRow) if f.name != "owned")


def rows(table: type[ApiKeyMixin]) -> Select[t.Any]:
    """Return the statement that reads keys, each as the fields of a :class:`KeyRow`.

    It asks for columns and not for attributes of the model, which costs half.
    """
    columns = inspect(table).columns
    return select(*[columns[name] for name in COLUMNS])


def row_of(
    table: type[ApiKeyMixin], users: type[UserMixin] | None = None
) -> Select[t.Any]:
    """Return the statement that reads the key whose id is given as ``key``.

    :param users: The table of its owners; whether they may log in is read with it.
    """
    key = inspect(table).columns
    asked = rows(table).where(key["id"] == bindparam("key"))

    if users is None:
        return asked

    owner = inspect(users).columns
    joined = asked.outerjoin(owner["id"].table, owner["id"] == key["user"])
    return joined.add_columns(func.coalesce(owner["active"], false()))
