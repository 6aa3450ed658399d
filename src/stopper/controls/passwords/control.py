"""Passwords: the promise."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from .rules import RULES
from .settings import SETTINGS

#: A decision of our own, and no restriction of what the app did before: it is always
#: enforced.
PASSWORDS = Control(
    name="passwords",
    promise="A stolen database does not give passwords away.",
    settings=SETTINGS,
    rules=RULES,
    modes=(Mode.ENFORCE,),
)
