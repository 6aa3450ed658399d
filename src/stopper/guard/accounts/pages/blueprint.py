"""The blueprint of the pages of accounts."""

from __future__ import annotations

from flask import Blueprint
from flask import Flask

from ....controls.accounts.settings import ACCOUNTS_PATH
from ...apikeys.pages import keys
from ...apikeys.pages import minting
from ..devices import pages as devices

#: The name of the blueprint, and so the beginning of its endpoints.
NAME = "stopper_accounts"


def register(app: Flask, pages: bool = True) -> None:
    """Give an app the pages.

    :param pages: Whether users log in here; else there is only what programs need.
    :raises SettingError: If ``STOPPER_ACCOUNTS_PATH`` is no path.
    """
    made = Blueprint(
        NAME,
        __name__,
        url_prefix=ACCOUNTS_PATH.read(app.config),
        template_folder="../templates",
        static_folder="../static",
    )
    minting.register(made, app)

    if pages:
        keys.register(made, app)
        devices.register(made, app)

    app.register_blueprint(made)
