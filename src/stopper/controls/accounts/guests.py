"""What Flask-Security and Flask-Login are told about accounts.

Source of each key: Flask-Security-Too 5.9, ``flask_security/core.py``, and Flask-Login
0.6.3, ``flask_login/login_manager.py``.
"""

from __future__ import annotations

from ..guests import above
from ..guests import DAY
from ..guests import endless
from ..guests import Guest
from ..guests import HOUR
from ..guests import off
from ..guests import on

#: Also an attribute of Flask-Login's LoginManager.
SESSION_PROTECTION = Guest(
    "SESSION_PROTECTION",
    "flask_login",
    off,
    "a session that was copied to another browser is not asked who it is",
    '"strong"',
)

GUESTS = (
    Guest(
        "SECURITY_RESET_PASSWORD_WITHIN",
        "flask_security",
        endless(HOUR),
        "a link to a new password that lies in a mailbox works for longer than anyone needs",
        "timedelta(minutes=30)",
        when="SECURITY_RECOVERABLE",
        unset="a day",
    ),
    Guest(
        "SECURITY_LOGIN_WITHIN",
        "flask_security",
        endless(HOUR),
        "a link that logs in works for longer than anyone needs",
        "timedelta(minutes=15)",
        when="SECURITY_PASSWORDLESS",
        unset="a day",
    ),
    Guest(
        "SECURITY_CONFIRM_EMAIL_WITHIN",
        "flask_security",
        above(7 * DAY),
        "a link that proves an address works long after the address may have another owner",
        "timedelta(days=1)",
    ),
    Guest(
        "SECURITY_RETURN_GENERIC_RESPONSES",
        "flask_security",
        off,
        "login, registration and reset tell who has an account",
        "True",
        unset="False",
    ),
    Guest(
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS",
        "flask_security",
        on,
        "another site can log a visitor in, to an account that it watches",
        "False",
    ),
    Guest(
        "SECURITY_AUTO_LOGIN_AFTER_RESET",
        "flask_security",
        on,
        "whoever has the link is logged in, and no second step asks who it is",
        "False",
    ),
    Guest(
        "SECURITY_LOGIN_WITHOUT_CONFIRMATION",
        "flask_security",
        on,
        "an account can be used under an address that is somebody else's",
        "False",
        when="SECURITY_CONFIRMABLE",
    ),
    SESSION_PROTECTION,
    Guest(
        "LOGIN_DISABLED",
        "flask_login",
        on,
        "login_required lets everybody in",
        "False",
    ),
)
