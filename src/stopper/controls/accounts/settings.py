"""Accounts: what can be set."""

from __future__ import annotations

import typing as t
from email.utils import parseaddr
from urllib.parse import urlsplit

from ...catalogue.setting import Setting
from .policy import complain_of_address


def _complain_of_path(path: str) -> str | None:
    if path.startswith("/") and not path.endswith("/") and "//" not in path:
        return None

    return "takes a path that starts with a slash and ends with none: '/account'"


def _complain_of_mail(value: str) -> str | None:
    if value in ("", "console:"):
        return None

    try:
        parts = urlsplit(value)
        good = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        good = False

    if good and parts.path in ("", "/") and parts.query in ("", "starttls=off"):
        return None

    return (
        "takes 'smtp://name:password@host:587' (with STARTTLS), "
        "'smtps://name:password@host:465' or 'console:'; with %-escapes in the name and "
        "the password"
    )


def _complain_of_from(value: str) -> str | None:
    name, address = parseaddr(value)

    # What is more than one address is read as the first of them.
    whole = value == address or (name and value.endswith(f"<{address}>"))

    if not value or (
        whole and value.isprintable() and complain_of_address(address) is None
    ):
        return None

    return "takes an address: 'Rowing Club <accounts@club.example>'"


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

MAIL_URL: Setting[str] = Setting(
    key="STOPPER_MAIL_URL",
    default="",
    says="The server that sends the mail of accounts: `smtp://name:password@host:587`, where STARTTLS has to work (not on localhost; `?starttls=off` for a relay that has none, without a password), or `smtps://name:password@host:465`. `console:` prints it, and is the default in debug mode and under tests.",
    source="RFC 8314, 3.3; RFC 6409: mail is submitted over TLS",
    complain=_complain_of_mail,
    # It holds a password.
    secret=True,
)

MAIL_FROM: Setting[str] = Setting(
    key="STOPPER_MAIL_FROM",
    default="",
    says="Whom the mail of accounts comes from: `Rowing Club <accounts@club.example>`; empty for `no-reply@` and the host of `STOPPER_ORIGIN`.",
    source="RFC 5322, 3.6.2: every mail says whom it comes from",
    complain=_complain_of_from,
)

REMEMBER: Setting[int] = Setting(
    key="STOPPER_REMEMBER",
    default=30 * 24 * 3600,
    says="How long a browser stays logged in that was asked to, however often it comes; 0 for no longer than the session.",
    source="NIST SP 800-63B-4, 2.1.3: a new login after 30 days at the latest",
    unit="seconds",
    minimum=0,
    maximum=90 * 24 * 3600,
)

REMEMBER_MFA: Setting[int] = Setting(
    key="STOPPER_REMEMBER_MFA",
    default=30 * 24 * 3600,
    says="How long a browser is not asked for a second factor that was asked to remember it; 0 for never.",
    source="as STOPPER_REMEMBER",
    unit="seconds",
    minimum=0,
    maximum=90 * 24 * 3600,
)

DEVICES: Setting[int] = Setting(
    key="STOPPER_DEVICES",
    default=180 * 24 * 3600,
    says="How long a browser is known that logged in: it is counted apart from strangers who try passwords, and no notice is sent when it logs in again.",
    source="OWASP, Slow Down Online Guessing Attacks with Device Cookies",
    unit="seconds",
    minimum=24 * 3600,
    maximum=400 * 24 * 3600,
)

SETTINGS: tuple[Setting[t.Any], ...] = (
    ACCOUNTS_URL,
    ACCOUNTS_PATH,
    MAIL_URL,
    MAIL_FROM,
    REMEMBER,
    REMEMBER_MFA,
    DEVICES,
)
