"""Flask-Login's switch that opens every view which its decorators declare."""

from __future__ import annotations

from ...catalogue.error import StartError
from ...catalogue.event import Action
from ..base import Guard

#: What has the decorators of Flask-Login let everybody in.
SWITCH = "LOGIN_DISABLED"


def look_at_switch(guard: Guard) -> None:
    """Refuse to start where Flask-Login is told to ask nobody.

    In report mode and in debug mode it is an event. A test may well want it.

    :raises StartError: In enforce mode.
    """
    house = guard.house
    app = house.app

    if app.testing or not (hasattr(app, "login_manager") and app.config.get(SWITCH)):
        return

    message = (
        f"{SWITCH} is {app.config[SWITCH]!r}: views that Flask-Login's login_required "
        "declares are open to everybody. Take it away; it is for tests alone."
    )

    if not (guard.reporting or house.relaxed):
        raise StartError(message)

    house.emit(guard.control.name, "login-disabled", Action.FAILED, message)
