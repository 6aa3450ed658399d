"""What Flask-Security is told about passwords.

Source of each key: Flask-Security-Too 5.9, ``flask_security/core.py`` and its
documentation of the configuration.
"""

from __future__ import annotations

import re

from ..guests import below
from ..guests import Guest
from ..guests import off

_FAST = re.compile(r"plain|md5|sha1|(?:^|_)des|bsdi|crypt16|hex_|lmhash|nthash|mysql")


def _fast(value: object) -> bool:
    return isinstance(value, str) and bool(_FAST.search(value))


GUESTS = (
    Guest(
        "SECURITY_PASSWORD_LENGTH_MIN",
        "flask_security",
        below(8),
        "so few characters are tried in an afternoon",
        "15, or 8 where everyone has a second factor",
    ),
    Guest(
        "SECURITY_PASSWORD_HASH",
        "flask_security",
        _fast,
        "whoever gets the table has the passwords, or tries billions a second",
        '"argon2"',
    ),
    Guest(
        "SECURITY_PASSWORD_CHECK_BREACHED",
        "flask_security",
        off,
        "passwords that are on every list are taken",
        '"best-effort"',
        unset="None",
    ),
)
