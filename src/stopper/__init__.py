"""Security controls for Flask, enforced at run time and audited at rest."""

from __future__ import annotations

import typing as t

if t.TYPE_CHECKING:
    from .guard.stopper import Stopper as Stopper

__all__ = ("Stopper",)

__version__ = "0.1.0"


def __getattr__(name: str) -> t.Any:
    # The audit and the command import this package too, and neither may load
    # a guard (PEP 562).
    if name == "Stopper":
        from .guard.stopper import Stopper

        return Stopper

    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
