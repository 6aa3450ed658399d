"""Says at the start which settings of Flask-Security and Flask-Login are weak."""

from __future__ import annotations

import datetime

from ...catalogue.event import Action
from ...catalogue.mode import Mode
from ...controls.accounts.guests import GUESTS as ACCOUNTS
from ...controls.guests import Guest
from ...controls.headers.control import HEADERS
from ...controls.mfa.guests import GUESTS as MFA
from ...controls.passwords.guests import GUESTS as PASSWORDS
from ..house import House

#: What both wings judge by, with the control that each promise is of.
_TABLES = (("accounts", ACCOUNTS), ("mfa", MFA), ("passwords", PASSWORDS))

_CACHE = "SECURITY_CACHE_CONTROL"


def tell(house: House) -> None:
    """Say which settings are weak, with the value to set, once each.

    What an extension takes where the app says nothing stands in ``app.config`` by now.
    """
    for control, guests in _TABLES:
        for guest in guests:
            if _there(house, guest) and _weak(house, guest):
                house.emit(
                    control,
                    "guest-setting-weak",
                    Action.NOTED,
                    f"{guest.key} is {house.app.config[guest.key]!r}: {guest.because}. "
                    f"Set {guest.better}.",
                    setting=guest.key,
                )


def _there(house: House, guest: Guest) -> bool:
    app = house.app

    if guest.library == "flask_security":
        return "security" in app.extensions

    return guest.library == "flask_login" and hasattr(app, "login_manager")


def _weak(house: House, guest: Guest) -> bool:
    config = house.app.config

    if guest.key not in config or (guest.when and not config.get(guest.when)):
        return False

    value = config[guest.key]
    span = isinstance(value, datetime.timedelta)
    return guest.weak(value.total_seconds() if span else value)


def mend(house: House) -> None:
    """Have Flask-Security write its ``Cache-Control`` as caches read it.

    It has ``private=True, no-store=True``, where the words stand alone (RFC 9111, 5.2.2):
    what a cache makes of the rest is up to it. The headers of an answer are changed in
    enforce mode alone, as all of them.
    """
    if house.chosen(HEADERS) is not Mode.ENFORCE:
        return

    found = house.app.config.get(_CACHE)

    if isinstance(found, dict):
        house.app.config[_CACHE] = {
            name: None if value is True else value for name, value in found.items()
        }
