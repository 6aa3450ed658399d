"""What keeps an app from starting, because nothing could be counted as it should be."""

from __future__ import annotations

from ...catalogue.error import SettingError
from ...catalogue.error import StartError
from ...catalogue.event import Action
from ...controls.general import STORE
from ...controls.ratelimits.control import RATELIMITS
from ..base import Guard
from ..stores.base import StoreDown
from .table import complain_of_unknown
from .table import Table

_NAME = RATELIMITS.name


def look_at_names(guard: Guard, table: Table) -> None:
    """Refuse to start where a view names a policy that no setting has.

    :raises SettingError: If one does; in report mode it is an event.
    """
    try:
        complain_of_unknown(table.unknown())
    except SettingError as e:
        if not guard.reporting:
            raise

        guard.house.emit(_NAME, "setting-refused", Action.FAILED, str(e))


def look_at_store(guard: Guard, table: Table) -> None:
    """Refuse to start with a store that cannot count what is to be counted.

    On trial nobody is refused: logins are then counted as where a store is down.

    :raises StartError: If several processes would each count for itself.
    :raises StoreDown: If the store cannot be opened.
    """
    house = guard.house

    if not table.guesses():
        return

    try:
        shared = house.store.shared
    except StoreDown as e:
        if not guard.reporting:
            raise

        house.store_failed(e)
        return

    if house.several and not (shared or house.relaxed):
        _refuse_apart(guard)


def _refuse_apart(guard: Guard) -> None:
    message = (
        "Several processes serve the app, and limits are counted in the memory of "
        f"each: a visitor has so many times the tries. Set {STORE.key} to a store "
        "that all of them see, or serve with one process and threads."
    )

    if not guard.reporting:
        raise StartError(message)

    guard.house.emit(_NAME, "counters-apart", Action.FAILED, message)
