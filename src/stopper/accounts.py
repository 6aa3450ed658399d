"""The accounts of an app: ``from stopper.accounts import Accounts, current_user``.

Needs what ``pip install "stopper[accounts]"`` brings.
"""

from __future__ import annotations

try:
    from .controls.accounts.policy import address_key
    from .guard.accounts.accounts import Accounts
    from .guard.accounts.current import current_user
    from .guard.accounts.people import People
    from .guard.accounts.people import Person
    from .guard.accounts.people import Taken
    from .guard.tables import mixins
    from .guard.tables.ready import Tables
except ModuleNotFoundError as e:
    raise ModuleNotFoundError(
        f'{e.name} is not installed, and accounts need it: pip install "stopper[accounts]"',
        name=e.name,
    ) from e

__all__ = (
    "Accounts",
    "People",
    "Person",
    "Tables",
    "Taken",
    "address_key",
    "current_user",
    "mixins",
)
