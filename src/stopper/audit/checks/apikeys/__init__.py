"""Does a program get only what its key allows, and only for as long?"""

from __future__ import annotations

from .brought import apikey_in_url
from .kept import apikey_in_plain
from .kept import apikey_without_expiry
from .settings import weak_token_setting

__all__ = [
    "apikey_in_plain",
    "apikey_in_url",
    "apikey_without_expiry",
    "weak_token_setting",
]
