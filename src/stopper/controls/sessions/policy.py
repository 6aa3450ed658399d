"""What a session cookie must be, and what it must never hold."""

from __future__ import annotations

import re

#: Seconds. NIST SP 800-63B-4 wants a new login after 30 days at its lowest level;
#: thrice that is no decision but an oversight.
LONGEST = 90 * 24 * 3600

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
