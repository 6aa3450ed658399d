"""What Flask-JWT-Extended and Flask-Security are told about tokens.

Source of each key: Flask-JWT-Extended, ``flask_jwt_extended/config.py``, and
Flask-Security-Too 5.9, ``flask_security/core.py``.
"""

from __future__ import annotations

from ..guests import DAY
from ..guests import endless
from ..guests import Guest
from ..guests import off


def _in_url(value: object) -> bool:
    places = [value] if isinstance(value, str) else value
    return isinstance(places, list | tuple) and "query_string" in places


GUESTS = (
    Guest(
        "JWT_ACCESS_TOKEN_EXPIRES",
        "flask_jwt_extended",
        endless(DAY),
        "a token that got out works for so long, and nothing ends it",
        "timedelta(minutes=15), with a refresh token beside it",
    ),
    Guest(
        "JWT_REFRESH_TOKEN_EXPIRES",
        "flask_jwt_extended",
        endless(90 * DAY),
        "a refresh token that got out makes new ones for so long",
        "timedelta(days=30)",
    ),
    Guest(
        "JWT_TOKEN_LOCATION",
        "flask_jwt_extended",
        _in_url,
        "what stands in a URL is in logs, histories and Referer headers",
        '["headers"]',
    ),
    Guest(
        "JWT_COOKIE_CSRF_PROTECT",
        "flask_jwt_extended",
        off,
        "other sites send requests with the cookie that holds the token",
        "True",
    ),
    Guest(
        "SECURITY_TOKEN_MAX_AGE",
        "flask_security",
        endless(30 * DAY),
        "a token that got out works for so long",
        "timedelta(minutes=15)",
    ),
)
