"""Are secrets kept out of the source, its configuration and its history?"""

from __future__ import annotations

from .configured import hardcoded_in_configuration as hardcoded_in_configuration
from .configured import secret_key_in_configuration as secret_key_in_configuration
from .keys import default_secret as default_secret
from .keys import fallbacks_as_text as fallbacks_as_text
from .keys import hardcoded_secret_key as hardcoded_secret_key
from .past import History as History
from .past import scan_history as scan_history
from .past import secret_in_history as secret_in_history
from .seen import committed_private_key as committed_private_key
from .seen import committed_token as committed_token
from .seen import credentials_in_url as credentials_in_url
from .values import hardcoded_secret as hardcoded_secret

__all__ = ("History", "scan_history")
