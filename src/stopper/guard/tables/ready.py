"""The ready-made tables, and which tables the accounts of an app are in."""

from __future__ import annotations

import dataclasses

from sqlalchemy.orm import DeclarativeBase

from .mixins import ApiKeyMixin
from .mixins import CredentialMixin
from .mixins import DeviceMixin
from .mixins import EventMixin
from .mixins import MembershipMixin
from .mixins import PermissionMixin
from .mixins import RoleMixin
from .mixins import TokenMixin
from .mixins import UserMixin


class Base(DeclarativeBase):
    """What the ready-made tables have in common: their metadata."""


class User(UserMixin, Base):
    """Who has an account."""

    __tablename__ = "stopper_user"


class Credential(CredentialMixin, Base):
    """A second factor, a passkey or a recovery code."""

    __tablename__ = "stopper_credential"


class Device(DeviceMixin, Base):
    """A browser that stays logged in, or is not asked for a second factor."""

    __tablename__ = "stopper_device"


class ApiKey(ApiKeyMixin, Base):
    """A key with which a program acts for a user."""

    __tablename__ = "stopper_apikey"


class Role(RoleMixin, Base):
    """A role, which is a name for permissions."""

    __tablename__ = "stopper_role"


class Permission(PermissionMixin, Base):
    """One permission of a role."""

    __tablename__ = "stopper_permission"


class Membership(MembershipMixin, Base):
    """One role of a user."""

    __tablename__ = "stopper_membership"


class Token(TokenMixin, Base):
    """A link or code that works once."""

    __tablename__ = "stopper_token"


class AccountEvent(EventMixin, Base):
    """Something that happened to an account."""

    __tablename__ = "stopper_account_event"


@dataclasses.dataclass(frozen=True, slots=True)
class Tables:
    """Which tables the accounts of an app are in: the ready-made ones, or its own.

    A table of the app's own has the columns of its mixin, under whatever name.
    """

    user: type[UserMixin] = User
    credential: type[CredentialMixin] = Credential
    device: type[DeviceMixin] = Device
    apikey: type[ApiKeyMixin] = ApiKey
    role: type[RoleMixin] = Role
    permission: type[PermissionMixin] = Permission
    membership: type[MembershipMixin] = Membership
    token: type[TokenMixin] = Token
    event: type[EventMixin] = AccountEvent

    @property
    def ready(self) -> bool:
        """Whether they are the ready-made ones, which our own migrations look after."""
        return self == Tables()
