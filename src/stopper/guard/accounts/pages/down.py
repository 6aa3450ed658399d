"""What the pages answer when something that they need is down or busy."""

from __future__ import annotations

from flask import Blueprint
from flask import request
from flask import Response

from ....catalogue.event import Action
from ....controls.accounts.control import ACCOUNTS
from ...passwords.pool import Busy
from ...refusal import Refused
from ...stores.base import StoreDown
from ...tables.database import DatabaseDown
from ..refusals import DOWN
from ..service import service


def register(blueprint: Blueprint) -> None:
    """Have the pages answer with 503, and never let anybody in."""
    blueprint.register_error_handler(DatabaseDown, _down)
    blueprint.register_error_handler(StoreDown, _down)
    blueprint.register_error_handler(Busy, _busy)


def _down(error: Exception) -> Response:
    house = service().house

    if house.once(("accounts-down", int(house.clock() // 10))):
        house.emit(ACCOUNTS.name, DOWN.name, Action.FAILED, str(error))

    return Refused(ACCOUNTS.name, DOWN).get_response(request.environ)


def _busy(error: Busy) -> Response:
    return Refused("passwords", error.refusal).get_response(request.environ)
