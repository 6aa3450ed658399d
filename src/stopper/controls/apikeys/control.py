"""API keys: the promise."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from .rules import RULES
from .settings import SETTINGS

#: A decision of our own, and no restriction of what the app did before: it is always
#: enforced.
APIKEYS = Control(
    name="apikeys",
    promise="A program gets only what its key allows, and only for as long.",
    settings=SETTINGS,
    rules=RULES,
    modes=(Mode.ENFORCE,),
)
