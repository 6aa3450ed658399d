"""The settings of the club's app."""

from datetime import timedelta


class Config:
    """What the club runs with."""

    # The key that signs sessions is in the source: whoever reads it is any member.
    SECRET_KEY = "row-row-row-your-boat-1987"

    # A string where a list belongs: each of its letters is a key of its own.
    SECRET_KEY_FALLBACKS = "gently-down-the-stream"

    # The session cookie travels in clear, scripts read it, and other sites send it.
    SESSION_COOKIE_SECURE = False
    SESSION_COOKIE_HTTPONLY = False
    SESSION_COOKIE_SAMESITE = None

    # A session that never ends in practice.
    PERMANENT_SESSION_LIFETIME = timedelta(days=3650)

    # The protection against forged requests is switched off for good.
    WTF_CSRF_ENABLED = False

    # Links that the app makes go out without TLS.
    PREFERRED_URL_SCHEME = "http"

    # Errors go through to the visitor.
    PROPAGATE_EXCEPTIONS = True

    # The password of the store stands in its address.
    BACKUP_URL = "ftp://backup:nV4zQ8rTy2Lk@files/club"
