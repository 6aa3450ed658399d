"""Columns that several tables share, so that one thing has one type everywhere."""

from __future__ import annotations

import secrets
import typing as t
import uuid

from sqlalchemy import Double
from sqlalchemy import LargeBinary
from sqlalchemy import String
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import MappedColumn

#: Characters of a user's id, whatever the app calls its users.
USER = 200

#: Characters of an address (RFC 5321, 4.5.3.1: 64 before the @, 255 after it).
ADDRESS = 320

#: Characters of what a person or a browser calls something.
LABEL = 200


def new_id() -> str:
    """Return an id that nobody can guess or count: a random UUID."""
    return str(uuid.uuid4())


def short_id() -> str:
    """Return an id of 96 random bits that may stand in an address."""
    return secrets.token_urlsafe(12)


def owner() -> MappedColumn[str]:
    """Return the column of whose a row is, by the id of the app's own user, as text.

    No foreign key: the users may be in a table of the app's own, or nowhere in SQL.
    """
    return mapped_column(String(USER), index=True)


def moment() -> MappedColumn[float]:
    """Return a column of a time, in seconds since 1970."""
    return mapped_column(Double)


def maybe() -> MappedColumn[float | None]:
    """Return a column of a time that may not have come."""
    return mapped_column(Double, nullable=True, default=None)


def digest(**options: t.Any) -> MappedColumn[bytes]:
    """Return a column of a hash of 32 bytes."""
    return mapped_column(LargeBinary(32), **options)


def label() -> MappedColumn[str]:
    """Return a column of what somebody calls something, empty if nothing."""
    return mapped_column(String(LABEL), default="")
