"""Is a password alone not enough?"""

from __future__ import annotations

from .codes import totp_wide_window
from .codes import totp_without_replay_check
from .kept import recovery_code_in_plain
from .kept import totp_secret_in_plain
from .settings import weak_mfa_setting
from .skipped import mfa_skippable

__all__ = [
    "mfa_skippable",
    "recovery_code_in_plain",
    "totp_secret_in_plain",
    "totp_wide_window",
    "totp_without_replay_check",
    "weak_mfa_setting",
]
