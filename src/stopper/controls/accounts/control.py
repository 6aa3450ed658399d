"""Accounts: the promise."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from .rules import RULES
from .settings import SETTINGS

#: A decision of our own, and no restriction of what the app did before: it is always
#: enforced.
ACCOUNTS = Control(
    name="accounts",
    promise="Nobody learns who has an account, guesses a way in, or reuses a link.",
    settings=SETTINGS,
    rules=RULES,
    modes=(Mode.ENFORCE,),
)
