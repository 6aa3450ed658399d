"""What each table holds, to be mixed into models of an app's own.

::

    class Credential(CredentialMixin, db.Model):
        __tablename__ = "credential"

Times are in seconds since 1970. Whose a row is stands in ``user``: the id of the user,
as text. The ready-made tables are in :mod:`stopper.guard.tables.ready`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlalchemy import Boolean
from sqlalchemy import Integer
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy import Text
from sqlalchemy.orm import declared_attr
from sqlalchemy.orm import Mapped
from sqlalchemy.orm import mapped_column
from sqlalchemy.schema import SchemaItem
from sqlalchemy.schema import UniqueConstraint

from .columns import ADDRESS
from .columns import digest
from .columns import LABEL
from .columns import label
from .columns import maybe
from .columns import moment
from .columns import new_id
from .columns import owner
from .columns import short_id
from .columns import USER

#: SQLite counts rows by itself in a column of this very type alone.
_COUNTED = BigInteger().with_variant(Integer, "sqlite")


class UserMixin:
    """Who has an account."""

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    #: As it was typed, for mail.
    address: Mapped[str] = mapped_column(String(ADDRESS))
    #: As it is looked up: two spellings of one address are one account.
    address_key: Mapped[str] = mapped_column(String(ADDRESS), unique=True)
    name: Mapped[str] = label()
    #: A PHC string; ``None`` for who has only passkeys, or was invited.
    password: Mapped[str | None] = mapped_column(String(512), default=None)
    password_at: Mapped[float | None] = maybe()
    #: When the address was shown to be theirs.
    verified_at: Mapped[float | None] = maybe()
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[float] = moment()


class CredentialMixin:
    """A second factor, a passkey or a recovery code."""

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user: Mapped[str] = owner()
    #: ``"totp"``, ``"passkey"``, ``"recovery"``.
    kind: Mapped[str] = mapped_column(String(16))
    #: What it is found by: a passkey's id, the hash of a recovery code; in base64.
    key: Mapped[str | None] = mapped_column(String(1400), default=None)
    #: A passkey's public key, or what is kept encrypted under ``key_id``.
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    key_id: Mapped[str] = mapped_column(String(32), default="")
    #: The last time step of a TOTP that was taken, or a passkey's signature counter.
    counter: Mapped[int] = mapped_column(BigInteger, default=0)
    label: Mapped[str] = label()
    #: More of a passkey, as JSON: transports, backup flags, AAGUID.
    details: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[float] = moment()
    #: When it was shown to work; nothing is asked for it before.
    confirmed_at: Mapped[float | None] = maybe()
    used_at: Mapped[float | None] = maybe()

    @declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:  # noqa: N805  # by SQLAlchemy
        """Have no passkey and no recovery code twice."""
        return (UniqueConstraint("kind", "key"),)


class DeviceMixin:
    """A browser that stays logged in, or is not asked for a second factor."""

    #: The series: the same for as long as the device is remembered.
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=short_id)
    user: Mapped[str] = owner()
    #: ``"login"`` or ``"mfa"``.
    purpose: Mapped[str] = mapped_column(String(16))
    #: The hash of the token that is worth something now; each use makes another.
    token: Mapped[bytes] = digest()
    #: The one before it, for requests that were under way when it changed.
    previous: Mapped[bytes | None] = digest(nullable=True, default=None)
    rotated_at: Mapped[float] = moment()
    label: Mapped[str] = label()
    place: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[float] = moment()
    seen_at: Mapped[float] = moment()
    ends_at: Mapped[float] = moment()


class ApiKeyMixin:
    """A key with which a program acts for a user."""

    #: The part of the key that is no secret.
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[str] = owner()
    #: A keyed hash of the secret part, and which key it was made with.
    hash: Mapped[bytes] = digest()
    key_id: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = label()
    #: With a space between them.
    scopes: Mapped[str] = mapped_column(Text, default="")
    #: Networks from which it is taken, with a space between them; empty for all.
    networks: Mapped[str] = mapped_column(Text, default="")
    #: A rate such as ``"100/minute"``, empty for that of the settings.
    rate: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[float] = moment()
    expires_at: Mapped[float] = moment()
    revoked_at: Mapped[float | None] = maybe()
    used_at: Mapped[float | None] = maybe()
    used_from: Mapped[str] = mapped_column(String(64), default="")
    #: The key that takes its place.
    successor: Mapped[str | None] = mapped_column(String(36), default=None)


class RoleMixin:
    """A role, which is a name for permissions."""

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    description: Mapped[str] = label()


class PermissionMixin:
    """One permission of a role."""

    role: Mapped[str] = mapped_column(String(100), primary_key=True)
    permission: Mapped[str] = mapped_column(String(100), primary_key=True)


class MembershipMixin:
    """One role of a user."""

    user: Mapped[str] = mapped_column(String(USER), primary_key=True)
    role: Mapped[str] = mapped_column(String(100), primary_key=True)


class TokenMixin:
    """A link or code that works once: to verify an address, to reset a password."""

    #: The hash of the token; the token itself is in the mail alone.
    hash: Mapped[bytes] = digest(primary_key=True)
    user: Mapped[str] = owner()
    purpose: Mapped[str] = mapped_column(String(32))
    #: A digest of what it depends on, such as the password hash of then.
    bound: Mapped[bytes] = digest()
    #: What it is to change something into: the new address.
    data: Mapped[str] = mapped_column(String(ADDRESS), default="")
    created_at: Mapped[float] = moment()
    expires_at: Mapped[float] = moment()
    used_at: Mapped[float | None] = maybe()


class EventMixin:
    """Something that happened to an account, as its owner may read it."""

    id: Mapped[int] = mapped_column(_COUNTED, primary_key=True, autoincrement=True)
    user: Mapped[str] = owner()
    name: Mapped[str] = mapped_column(String(64))
    at: Mapped[float] = moment()
    place: Mapped[str] = mapped_column(String(64), default="")
    device: Mapped[str] = mapped_column(String(LABEL), default="")
