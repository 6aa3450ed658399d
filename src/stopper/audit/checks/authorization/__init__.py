"""Is what is not allowed refused?"""

from __future__ import annotations

from .admins import open_admin
from .claims import trusted_claim
from .dropped import always_true_check
from .dropped import dropped_refusal
from .exemptions import loose_exemption
from .idle import idle_guard
from .misplaced import guard_above_route
from .owners import unowned_object
from .siblings import unguarded_sibling
from .sockets import unguarded_socket
from .tokens import skippable_check
from .tokens import unset_secret
from .unasked import view_without_authorization
from .weaker import weaker_sibling

__all__ = [
    "always_true_check",
    "dropped_refusal",
    "guard_above_route",
    "idle_guard",
    "loose_exemption",
    "open_admin",
    "skippable_check",
    "trusted_claim",
    "unguarded_sibling",
    "unguarded_socket",
    "unowned_object",
    "unset_secret",
    "view_without_authorization",
    "weaker_sibling",
]
