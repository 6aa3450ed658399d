"""One-time codes of an authenticator app (RFC 6238): each is taken once."""

from __future__ import annotations

import base64
import hmac
import secrets
import typing as t

import pyotp
from sqlalchemy.orm import Session

from ...catalogue.event import Action
from ...controls.mfa.policy import code_of
from ...controls.mfa.policy import SECRET
from ...controls.mfa.policy import STEP
from ...controls.mfa.settings import TOTP_DRIFT
from ..house import House
from ..tables.mixins import CredentialMixin
from ..vault import Vault
from .credentials import Credentials
from .credentials import TOTP

#: How many a user may have. Each is three more codes that a guess may hit.
MOST = 3


class Totp:
    """One-time codes of an authenticator app.

    SHA-1, six digits and thirty seconds: what every app takes. The strength is in the
    secret and in the few tries (RFC 6238, 1.2; RFC 4226, E.1), and none in the hash.
    """

    def __init__(self, house: House, vault: Vault, credentials: Credentials) -> None:
        self._house = house
        self._vault = vault
        self._credentials = credentials
        self._drift = TOTP_DRIFT.read(house.config)

    def begin(self, sql: Session, user: str, now: float) -> str:
        """Make a secret, which is nothing yet until a code of it was shown.

        :return: The secret, in base 32, to be shown once.
        """
        self._credentials.drop_begun(sql, user, TOTP)
        secret = secrets.token_bytes(SECRET)
        key_id, sealed = self._vault.seal(TOTP, user, secret)
        self._credentials.add(
            sql, user=user, kind=TOTP, secret=sealed, key_id=key_id, created_at=now
        )
        return _text(secret)

    def begun(self, sql: Session, user: str, now: float) -> str | None:
        """Return the secret that was begun and not confirmed, ``None`` if none was."""
        found = self._credentials.begun(sql, user, TOTP, now)
        return None if found is None else _text(self._secret(found))

    def confirm(
        self, sql: Session, user: str, code: str, label: str, now: float
    ) -> CredentialMixin | None:
        """Make what was begun a factor, if the code is one of it.

        :return: The factor, ``None`` if the code is wrong or nothing was begun.
        """
        found = self._credentials.begun(sql, user, TOTP, now)
        secret = None if found is None else self._secret(found)
        step = None if secret is None else self._step(secret, code, now)

        if found is None or step is None:
            return None

        done = self._credentials.change(
            sql,
            found.id,
            self._credentials.table.confirmed_at.is_(None),
            confirmed_at=now,
            counter=step,
            label=label,
        )
        return found if done else None

    def check(self, sql: Session, user: str, code: str, now: float) -> bool:
        """Say whether a code is right, and take it: it is right once.

        :raises Sealed: If the secret cannot be opened.
        """
        for row in self._credentials.of(sql, user, TOTP):
            secret = self._secret(row)
            step = self._step(secret, code, now)

            if step is not None:
                return self._take(sql, row, secret, step, now)

        return False

    def _take(
        self, sql: Session, row: CredentialMixin, secret: bytes, step: int, now: float
    ) -> bool:
        values: dict[str, t.Any] = {"counter": step, "used_at": now}

        if row.key_id != self._vault.newest:
            key_id, sealed = self._vault.seal(TOTP, row.user, secret)
            values |= {"key_id": key_id, "secret": sealed}

        # Of that step or of one before it, a code is as good as known to others.
        counter = self._credentials.table.counter
        taken = self._credentials.change(sql, row.id, counter < step, **values)

        if not taken:
            self._house.emit(
                "mfa",
                "code-replayed",
                Action.REFUSED,
                "A one-time code came a second time, or one that is older than the "
                "last that was taken.",
                user=row.user,
            )

        return taken

    def _step(self, secret: bytes, code: str, now: float) -> int | None:
        """Return the time step of which this is the code, ``None`` if of none near by.

        Each is compared, in a time that does not depend on which one it is.
        """
        given = (code_of(code) or "-").encode()
        hotp = pyotp.HOTP(_text(secret))
        here = int(now // STEP)
        found = None

        for step in range(max(here - self._drift, 0), here + self._drift + 1):
            if hmac.compare_digest(hotp.at(step).encode(), given):
                found = step

        return found

    def _secret(self, row: CredentialMixin) -> bytes:
        return self._vault.open(TOTP, row.user, row.key_id, row.secret or b"")


def uri(secret: str, account: str, issuer: str) -> str:
    """Return the address in a QR code, which authenticator apps read.

    :param secret: In base 32.
    """
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def _text(secret: bytes) -> str:
    return base64.b32encode(secret).decode()
