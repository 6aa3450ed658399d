"""Does nobody learn who has an account, or get into one by a link?"""

from __future__ import annotations

from .answers import account_enumeration
from .expiry import reset_token_without_expiry
from .links import reset_link_from_host
from .reuse import reusable_reset_token
from .settings import weak_account_setting

__all__ = [
    "account_enumeration",
    "reset_link_from_host",
    "reset_token_without_expiry",
    "reusable_reset_token",
    "weak_account_setting",
]
