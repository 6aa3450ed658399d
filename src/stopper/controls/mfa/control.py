"""Second factors: the promise."""

from __future__ import annotations

from ...catalogue.control import Control
from ...catalogue.mode import Mode
from .rules import RULES
from .settings import SETTINGS

#: A decision of our own, and no restriction of what the app did before: it is always
#: enforced.
MFA = Control(
    name="mfa",
    promise="A password alone is not enough.",
    settings=SETTINGS,
    rules=RULES,
    modes=(Mode.ENFORCE,),
)
