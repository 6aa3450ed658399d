"""What Flask-Security is told about second factors.

Source of each key: Flask-Security-Too 5.9, ``flask_security/core.py``; the window of
codes is handed to passlib by ``forms.py`` and ``totp.py``.
"""

from __future__ import annotations

from ..guests import above
from ..guests import DAY
from ..guests import endless
from ..guests import Guest
from ..guests import off
from ..guests import seconds


def _stale(value: object) -> bool:
    """Say whether nobody is asked again, or only after more than a day."""
    number = seconds(value)
    return number is not None and (number < 0 or number > DAY)


GUESTS = (
    Guest(
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY",
        "flask_security",
        above(60),
        "codes of so many seconds before and after count too, and each more is a guess more",
        "30",
        when="SECURITY_TWO_FACTOR",
        unset="120",
    ),
    Guest(
        "SECURITY_TWO_FACTOR_LOGIN_VALIDITY",
        "flask_security",
        endless(30 * DAY),
        "a device that was lost needs no second factor for so long",
        "timedelta(days=30)",
    ),
    Guest(
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS",
        "flask_security",
        off,
        "whoever reads the table has codes that replace the second factor",
        "[Fernet.generate_key()], kept outside the source",
        when="SECURITY_MULTI_FACTOR_RECOVERY_CODES",
        unset="None",
    ),
    Guest(
        "SECURITY_FRESHNESS",
        "flask_security",
        _stale,
        "whoever finds a browser open changes the factors without proving anything",
        "timedelta(minutes=10)",
    ),
)
