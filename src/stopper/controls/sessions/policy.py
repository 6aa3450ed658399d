"""What a session cookie must be, and what it must never hold."""

from __future__ import annotations

import hashlib
import re
import typing as t
import uuid
from collections.abc import Mapping

#: Seconds. NIST SP 800-63B-4 wants a new login after 30 days at its lowest level;
#: thrice that is no decision but an oversight.
LONGEST = 90 * 24 * 3600

#: Characters of a user's id that are kept as they are.
LONGEST_NAME = 200

#: Where applications keep who is logged in: Flask-Login, then what is usual.
USER_KEYS = (
    "_user_id",
    "user_id",
    "userid",
    "uid",
    "user",
    "username",
    "account_id",
    "email",
    "logged_in",
)

#: Where Flask keeps that the cookie outlives the browser. Many apps set it at every
#: request, and it is nothing that belongs to a visitor.
PERMANENT = "_permanent"

#: What a session says about rights. A change of one gets a new id too.
PRIVILEGES = frozenset(
    {
        "role",
        "roles",
        "is_admin",
        "admin",
        "is_staff",
        "is_superuser",
        "permissions",
        "groups",
        "scopes",
        "mfa",
        "impersonating",
        "_fresh",
    }
)

#: Whether somebody logged in by themselves, as Flask-Login has it.
STALE = "_fresh"

#: What each insecure setting of the session cookie means.
WEAKNESSES = {
    "SESSION_COOKIE_SECURE": "the session travels over plain HTTP",
    "SESSION_COOKIE_HTTPONLY": "an injected script can read the session",
    "SESSION_COOKIE_SAMESITE": "other sites send requests with the session",
    "REMEMBER_COOKIE_SECURE": "the cookie that logs in travels over plain HTTP",
    "REMEMBER_COOKIE_HTTPONLY": "an injected script can read the cookie that logs in",
    "REMEMBER_COOKIE_SAMESITE": "other sites send requests with the cookie that logs in",
}

_SECRET = re.compile(
    r"(^|_)(password|passwd|pwd|passphrase|pin|secret|secret_?key|private_?key"
    r"|api_?key|access_?key|totp_secret|otp|otp_code|credit_?card|card_number|cvv|ssn"
    r"|access_token|refresh_token|client_secret)$",
    re.I,
)


def weak(key: str, value: object) -> bool:
    """Whether ``value`` takes the protection away that the setting ``key`` gives."""
    if key.endswith("SAMESITE"):
        # Flask's own default is None too, and that sends no attribute at all.
        return value is None or (
            isinstance(value, str) and value.strip().lower() in {"none", ""}
        )

    return value is False or (
        isinstance(value, str) and value.strip().lower() in {"false", "0", "no", "off"}
    )


def secret(key: str) -> bool:
    """Whether what stands under ``key`` in a session must not be readable."""
    return bool(_SECRET.search(key))


def name_of(user: object) -> str:
    """Return the name under which a user's sessions are listed, bounded.

    What is cut or may be taken for something else gets a hash: no two users are one.
    """
    text = str(user)

    # In brackets stands a key of the session, in place of a user without a name.
    if len(text) <= LONGEST_NAME and not (text[:1] == "(" and text[-1:] == ")"):
        return text

    raw = text.encode("utf-8", "surrogatepass")
    return f"{text[:LONGEST_NAME]}~{hashlib.blake2b(raw, digest_size=16).hexdigest()}"


def user_of(data: Mapping[str, t.Any], keys: tuple[str, ...]) -> str:
    """Return whose session this is, empty if nobody's.

    The first of the keys that says somebody. What is no text, number or UUID has no
    name, and counts as somebody all the same.
    """
    for key in keys:
        value = data.get(key)

        if value is None or value is False or value == "":
            continue

        if isinstance(value, str | int | uuid.UUID) and not isinstance(value, bool):
            return name_of(value)

        return f"({key})"

    return ""


def rights_of(data: Mapping[str, t.Any], keys: tuple[str, ...]) -> dict[str, t.Any]:
    """Return what a session says about who it is and what that one may do."""
    return {key: data[key] for key in (*keys, *PRIVILEGES) if key in data}


def renewed(
    before: Mapping[str, t.Any], after: Mapping[str, t.Any], keys: tuple[str, ...]
) -> bool:
    """Say whether a session says other rights than before, and so gets another id.

    Flask-Login takes a login for stale that comes from another browser or address. Who
    copied a cookie must not get an id of their own by that, to which no logout of the
    owner leads.
    """
    was, now = rights_of(before, keys), rights_of(after, keys)

    if now.get(STALE) is False:
        was.pop(STALE, None)
        now.pop(STALE)

    return was != now
