"""Is a stolen or old cookie worth little, and is what a session says true?"""

from __future__ import annotations

from .boundary import request_in_session
from .cookies import cookie_outlives_logout
from .cookies import secret_in_session
from .cookies import session_cookie_never_secure
from .cookies import session_cookie_without_httponly
from .cookies import session_cookie_without_samesite
from .cookies import unbounded_session
from .cookies import weak_session_cookie
from .flags import cookie_without_flags
from .flags import cookie_without_httponly
from .flags import cookie_without_samesite

__all__ = [
    "cookie_outlives_logout",
    "cookie_without_flags",
    "cookie_without_httponly",
    "cookie_without_samesite",
    "request_in_session",
    "secret_in_session",
    "session_cookie_never_secure",
    "session_cookie_without_httponly",
    "session_cookie_without_samesite",
    "unbounded_session",
    "weak_session_cookie",
]
