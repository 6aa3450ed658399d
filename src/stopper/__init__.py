"""Security controls for Flask, enforced at run time and audited at rest."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .guard.apikeys.current import current_key as current_key
    from .guard.redirects.outbound.error import FetchError as FetchError
    from .guard.redirects.outbound.fetch import fetch as fetch
    from .guard.redirects.safe import redirect_back as redirect_back
    from .guard.redirects.safe import safe_redirect as safe_redirect
    from .guard.stopper import Stopper as Stopper

__all__ = (
    "FetchError",
    "Stopper",
    "current_key",
    "fetch",
    "redirect_back",
    "safe_redirect",
)

__version__ = "0.1.0"


def __getattr__(name: str) -> t.Any:
    # The audit and the command import this package too, and neither may load
    # a guard (PEP 562).
    if name == "Stopper":
        from .guard.stopper import Stopper

        return Stopper

    if name == "current_key":
        from .guard.apikeys.current import current_key

        return current_key

    if name in ("redirect_back", "safe_redirect"):
        from .guard.redirects import safe

        return getattr(safe, name)

    if name in ("FetchError", "fetch"):
        from .guard.redirects.outbound import fetch as outbound

        return getattr(outbound, name)

    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
