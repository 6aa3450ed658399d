"""A session as a row of a table."""

from __future__ import annotations

import typing as t

from .base import Record

#: The columns of a session, in the order of the fields of :class:`Record`.
COLUMNS = "id, data, account, created, seen, ends, expires, version"

#: What a database returns for :data:`COLUMNS`.
Row = tuple[bytes, bytes, bytes, float, float, float, float, int]


def packed(text: str) -> bytes:
    """Return text as it is kept.

    As bytes, since databases differ in what they take as text: PostgreSQL no NUL, none
    of them half a surrogate pair. A visitor can send both.
    """
    return text.encode("utf-8", "surrogatepass")


def fields(record: Record) -> tuple[t.Any, ...]:
    """Return the values of a record for :data:`COLUMNS`, without the version."""
    return (
        record.id,
        packed(record.data),
        packed(record.user),
        record.created,
        record.seen,
        record.ends,
        record.expires,
    )


def record(row: Row) -> Record:
    """Return the record that a row holds."""
    key, data, user, created, seen, ends, expires, version = row
    return Record(
        key,
        data.decode("utf-8", "surrogatepass"),
        user.decode("utf-8", "surrogatepass"),
        created,
        seen,
        ends,
        expires,
        version,
    )
