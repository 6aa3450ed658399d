"""Judges what a program brings: one statement and one hash, whatever it is."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator

from sqlalchemy import update

from ...catalogue.event import Action
from ...controls.apikeys.policy import networks_in
from ...controls.apikeys.policy import parsed
from ...controls.apikeys.policy import Parts
from ...controls.apikeys.policy import within
from ...controls.apikeys.settings import PREFIX
from ..house import House
from ..tables.database import Database
from ..tables.database import DatabaseDown
from ..tables.mixins import ApiKeyMixin
from ..tables.mixins import UserMixin
from .hashes import Hashes
from .key import Key
from .key import KeysDown
from .rows import KeyRow
from .rows import row_of
from .tokens import Tokens
from .uses import Use
from .uses import Uses


@dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    """What was found.

    :param key: ``None`` if what came is not good.
    :param reason: Why not, in kebab-case: for the log alone, never for the answer.
    :param id: The key's id, where there is such a key.
    """

    key: Key | None
    reason: str = ""
    id: str = ""


class Checks:
    """Judges keys and tokens. Nothing is remembered: a revoked key fails at once.

    :param users: The table of their owners, where it is known: who may not log in has no
        key that works.
    """

    def __init__(
        self,
        house: House,
        database: Database,
        table: type[ApiKeyMixin],
        hashes: Hashes,
        tokens: Tokens,
        users: type[UserMixin] | None = None,
    ) -> None:
        self._house = house
        self._database = database
        self._table = table
        self._hashes = hashes
        self._tokens = tokens
        # Made once: to put a statement together costs as much as to run it.
        self._by_id = row_of(table, users)
        self._prefix = PREFIX.read(house.config)
        #: Keeps when keys were used.
        self.uses = Uses(database, table, self._not_kept)

    def brought(self, text: str, address: str | None) -> Checked:
        """Judge a key or a token.

        What has not the form of one is not looked up. All else costs the same: who has
        no right key learns nothing of those that there are.

        :param address: From where it came.
        :raises KeysDown: If the database cannot be asked.
        """
        if self._tokens.ours(text):
            return self._token(text, address)

        parts = parsed(text)

        if parts is None or parts.prefix != self._prefix:
            return Checked(None, "malformed")

        row = self._row(parts.id)
        right = self._right(parts, row)
        return self._judged(row, right, address, parts)

    def burn(self, parts: Parts) -> bool:
        """Revoke a key that was seen where others read it, if it is a right one.

        :return: Whether it was revoked now. Who guesses ends nobody's key.
        :raises KeysDown: If the database cannot be asked.
        """
        row = self._row(parts.id) if parts.prefix == self._prefix else None

        if not self._right(parts, row):
            return False

        table = self._table

        with _told(), self._database.writing() as sql:
            done = sql.execute(
                update(table)
                .where(table.id == parts.id, table.revoked_at.is_(None))
                .values(revoked_at=self._house.clock())
            )
            burnt = bool(done.rowcount)  # type: ignore[attr-defined]  # of an UPDATE

        if burnt and row is not None:
            self._house.emit(
                "apikeys",
                "key-revoked",
                Action.NOTED,
                "A key was revoked that stood in a URL.",
                key=row.id,
                user=row.user,
            )

        return burnt

    def _right(self, parts: Parts, row: KeyRow | None) -> bool:
        kept = row.hash if row is not None else None
        name = row.key_id if row is not None else self._hashes.newest
        return self._hashes.right(parts.id, parts.secret, kept, name)

    def _token(self, text: str, address: str | None) -> Checked:
        claims = self._tokens.read(text, self._house.clock())

        if claims is None:
            return Checked(None, "bad-token")

        found = self._judged(self._row(claims.id), True, address, None)

        if found.key is None:
            return found

        scopes = found.key.scopes & claims.scopes
        expires = min(found.key.expires_at, float(claims.expires))
        key = dataclasses.replace(
            found.key, scopes=scopes, expires_at=expires, token=True
        )
        return dataclasses.replace(found, key=key)

    def _judged(
        self, row: KeyRow | None, right: bool, address: str | None, parts: Parts | None
    ) -> Checked:
        if row is None:
            return Checked(None, "unknown")

        now = self._house.clock()
        reason = _reason(row, right, address, now)

        if reason:
            return Checked(None, reason, row.id)

        self._note(row, parts, address, now)
        scopes = frozenset(row.scope_list)
        key = Key(row.id, row.user, row.label, scopes, row.expires_at, row.rate)
        return Checked(key, "", row.id)

    def _note(
        self, row: KeyRow, parts: Parts | None, address: str | None, now: float
    ) -> None:
        hashes, newest = None, self._hashes.newest

        # The app's key was rotated: this one is to outlive the old key.
        if parts is not None and row.key_id != newest:
            new = self._hashes.of(row.id, parts.secret)
            hashes = row.hash, new, newest

        self.uses.note(Use(row.id, now, address or "", hashes), row.used_at)

    def _row(self, id: str) -> KeyRow | None:
        with _told(), self._database.reading() as sql:
            found = sql.execute(self._by_id, {"key": id}).one_or_none()

        return None if found is None else KeyRow(*found)

    def _not_kept(self, error: Exception) -> None:
        if self._house.once(("uses-not-kept", int(self._house.clock() // 60))):
            self._house.emit(
                "apikeys",
                "uses-not-kept",
                Action.FAILED,
                "When keys were used could not be written "
                f"({type(error).__name__}). They work on.",
            )


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Say that the keys cannot be asked, in a way that the guard knows without SQL."""
    try:
        yield
    except DatabaseDown as e:
        raise KeysDown(str(e)) from e


def _reason(row: KeyRow, right: bool, address: str | None, now: float) -> str:
    if not right:
        return "wrong-secret"

    if row.revoked_at is not None:
        return "revoked"

    if now >= row.expires_at:
        return "expired"

    if not row.owned:
        return "owner-inactive"

    # Parsed only for who has the secret, so that a guess takes no longer.
    return "" if within(address, networks_in(row.networks)) else "wrong-address"
