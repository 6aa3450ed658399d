"""Ends sessions where Flask-Security says that they are void, as after a new password."""

from __future__ import annotations

import typing as t

from flask import current_app
from flask import has_request_context

from ...controls.sessions.policy import name_of
from .. import passage
from ..base import Guard
from ..house import House
from ..stores.base import StoreDown

#: Where the house stands in ``app.extensions`` for the datastore, which serves several apps.
_KEY = "stopper.uniquifier"

_METHOD, _ASKS = "set_uniquifier", "_stopper_asks"


def harden(guard: Guard) -> None:
    """Have the store end what Flask-Security only stops knowing.

    It names users in sessions by a text of their own, and gives them another one with a
    new password. What the app put into a session beside that, and the list of devices,
    would stay.
    """
    app = guard.house.app
    store: t.Any = getattr(app.extensions.get("security"), "datastore", None)
    own: t.Any = getattr(store, _METHOD, None)

    if own is None:
        return

    app.extensions[_KEY] = guard.house

    if getattr(store, _ASKS, False):
        return

    def ending(user: t.Any, *given: t.Any, **named: t.Any) -> None:
        before = getattr(user, "fs_uniquifier", None)
        own(user, *given, **named)
        house: House | None = current_app.extensions.get(_KEY)

        if house is not None and before and before != user.fs_uniquifier:
            _end(house, str(before))

    setattr(store, _METHOD, ending)
    setattr(store, _ASKS, True)


def _end(house: House, user: str) -> None:
    """End the sessions of a user but that of this request, which goes on under another name."""
    found = passage.current(house.owner) if has_request_context() else None
    record = found.session.record if found and found.session else None

    try:
        house.store.end_all(name_of(user), record.id if record else None)
    except StoreDown as e:
        # Nobody is logged in by them any more, whatever the store still has.
        house.store_failed(e)
