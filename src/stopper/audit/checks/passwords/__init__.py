"""Does a stolen database give no passwords away?"""

from __future__ import annotations

from .costs import low_work_factor
from .hashes import weak_password_hash
from .logged import password_in_log
from .plain import plaintext_password
from .salts import static_salt
from .settings import weak_password_setting

__all__ = [
    "low_work_factor",
    "password_in_log",
    "plaintext_password",
    "static_salt",
    "weak_password_hash",
    "weak_password_setting",
]
