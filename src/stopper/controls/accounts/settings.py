"""Accounts: what can be set."""

from __future__ import annotations

import typing as t

from ...catalogue.setting import Setting


def _complain_of_path(path: str) -> str | None:
    if path.startswith("/") and not path.endswith("/") and "//" not in path:
        return None

    return "takes a path that starts with a slash and ends with none: '/account'"


ACCOUNTS_URL: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_URL",
    default="",
    says="The database of the accounts, as SQLAlchemy writes it: `postgresql://user:password@host/name` or `sqlite:////path/file`; empty for a SQLite file in the instance folder (in memory under tests).",
    source="works on one machine without a server, and a server by one setting",
    # It may hold a password.
    secret=True,
)

ACCOUNTS_PATH: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_PATH",
    default="/account",
    says="Where the pages of accounts are.",
    source="RFC 8615 reserves /.well-known; nothing is reserved for accounts",
    complain=_complain_of_path,
)

SETTINGS: tuple[Setting[t.Any], ...] = (ACCOUNTS_URL, ACCOUNTS_PATH)
