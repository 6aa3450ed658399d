"""Is a stolen or old cookie worth little, and is what a session says true?"""

from __future__ import annotations

from .boundary import request_in_session
from .cookies import cookie_outlives_logout
from .cookies import cookie_without_flags
from .cookies import secret_in_session
from .cookies import session_cookie_never_secure
from .cookies import unbounded_session
from .cookies import weak_session_cookie

__all__ = [
    "cookie_outlives_logout",
    "cookie_without_flags",
    "request_in_session",
    "secret_in_session",
    "session_cookie_never_secure",
    "unbounded_session",
    "weak_session_cookie",
]
