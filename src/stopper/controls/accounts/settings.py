"""Accounts: what can be set."""

from __future__ import annotations

import typing as t
from email.utils import parseaddr
from urllib.parse import urlsplit

from ...catalogue.setting import Setting
from ..ratelimits.policy import complain_of_rates
from ..redirects.policy import leads_to
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


def _complain_of_local(path: str) -> str | None:
    if path.startswith("/") and not leads_to(path):
        return None

    return "takes a path of the app: '/'"


def _complain_of_tries(text: str) -> str | None:
    return complain_of_rates(text) if text else "takes at least one rate: '5/minute'"


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

SESSIONS: Setting[int] = Setting(
    key="STOPPER_ACCOUNTS_SESSIONS",
    default=0,
    says="How many sessions a user may have at a time: one more ends the oldest, and what its browser is remembered by. 0 for any number.",
    source="OWASP ASVS 5.0, 7.1.2; each session is listed, ends by itself and can be ended, so that more of them are no weakness by themselves",
    minimum=0,
    maximum=1000,
)

VERIFY: Setting[bool] = Setting(
    key="STOPPER_ACCOUNTS_VERIFY",
    default=True,
    says="Whether an address has to be verified before the account can be logged in to.",
    source="Sudhodanan and Paverd, Pre-hijacked accounts (USENIX Security 2022), 7",
)

REGISTER: Setting[bool] = Setting(
    key="STOPPER_ACCOUNTS_REGISTER",
    default=True,
    says="Whether everybody may open an account; otherwise the app and its commands make them.",
    source="most apps are open; one that is not says so",
)

AFTER: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_AFTER",
    default="/",
    says="Where a browser is led to that logged in or out, if it was not on its way to a page.",
    source="the first page of an app",
    complain=_complain_of_local,
)

UNVERIFIED_DAYS: Setting[int] = Setting(
    key="STOPPER_ACCOUNTS_UNVERIFIED_DAYS",
    default=7,
    says="After how many days an account is removed that was opened here, whose address nobody verified and that nobody logged in to; 0 for never. It frees an address that somebody else opened an account with.",
    source="a week: Sudhodanan and Paverd, Pre-hijacked accounts (USENIX Security 2022), 7, have unverified accounts removed",
    unit="days",
    minimum=0,
    maximum=365,
)

RESET_LIFETIME: Setting[int] = Setting(
    key="STOPPER_ACCOUNTS_RESET_LIFETIME",
    default=30 * 60,
    says="How long the link to a new password is good.",
    source="OWASP ASVS 5.0, 6.4.1; NIST SP 800-63B-4, 4.2.1.2",
    unit="seconds",
    minimum=300,
    maximum=3600,
)

VERIFY_LIFETIME: Setting[int] = Setting(
    key="STOPPER_ACCOUNTS_VERIFY_LIFETIME",
    default=24 * 3600,
    says="How long the link is good that verifies an address, and how long the owner of an old address can take a change back.",
    source="NIST SP 800-63B-4, 4.2.1.2: a link to an address is good for 24 hours at most",
    unit="seconds",
    minimum=600,
    maximum=24 * 3600,
)

TRIES: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_TRIES",
    default="5/minute; 10 per 15 minutes; 30/day",
    says="How many wrong passwords one client may try at one account, or a known browser at its own; the delays grow from rate to rate.",
    source="OWASP ASVS 5.0, 6.3.1; NIST SP 800-63B-4, 3.2.2 has at most 100 failures in a row",
    complain=_complain_of_tries,
)

CLIENT_TRIES: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_CLIENT_TRIES",
    default="30 per 10 minutes; 200/day",
    says="How many wrong passwords one client may try, at all accounts together.",
    source="OWASP Credential Stuffing Prevention Cheat Sheet; an office behind one address mistypes less",
    complain=_complain_of_tries,
)

STRANGER_TRIES: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_STRANGER_TRIES",
    default="50/hour; 200/day",
    says="How many wrong passwords may be tried at one account by browsers that never logged in to it, from all addresses together. Browsers that did are not kept out by it, and have as many of their own together.",
    source="OWASP, Slow Down Online Guessing Attacks with Device Cookies",
    complain=_complain_of_tries,
)

ALL_TRIES: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_ALL_TRIES",
    default="300 per 10 minutes",
    says="How many wrong passwords may be tried by browsers that never logged in to the account, at all accounts from all addresses together. Beyond it passwords are being tried at large: an event says so, and such browsers wait for their turn.",
    source="OWASP Credential Stuffing Prevention Cheat Sheet; an app with many users takes more",
    complain=_complain_of_tries,
)

MAILS: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_MAILS",
    default="3/hour; 10/day",
    says="How many mails with a link are sent to one address because somebody asked for them. What is asked beyond sends none, and does not say so.",
    source="OWASP Forgot Password Cheat Sheet: nobody's mailbox is flooded",
    complain=_complain_of_tries,
)

CLIENT_MAILS: Setting[str] = Setting(
    key="STOPPER_ACCOUNTS_CLIENT_MAILS",
    default="10 per 10 minutes; 50/day",
    says="How many mails with a link one client may ask for: registrations, verifications, resets.",
    source="OWASP Forgot Password Cheat Sheet",
    complain=_complain_of_tries,
)

SETTINGS: tuple[Setting[t.Any], ...] = (
    ACCOUNTS_URL,
    ACCOUNTS_PATH,
    MAIL_URL,
    MAIL_FROM,
    REMEMBER,
    REMEMBER_MFA,
    DEVICES,
    SESSIONS,
    REGISTER,
    VERIFY,
    UNVERIFIED_DAYS,
    AFTER,
    RESET_LIFETIME,
    VERIFY_LIFETIME,
    TRIES,
    CLIENT_TRIES,
    STRANGER_TRIES,
    ALL_TRIES,
    MAILS,
    CLIENT_MAILS,
)
