"""The blueprint of the pages of accounts."""

from __future__ import annotations

from flask import Blueprint
from flask import Flask

from ....controls.accounts.settings import ACCOUNTS_PATH

#: The name of the blueprint, and so the beginning of its endpoints.
NAME = "stopper_accounts"


def register(app: Flask) -> None:
    """Give an app the pages.

    :raises SettingError: If ``STOPPER_ACCOUNTS_PATH`` is no path.
    """
    made = Blueprint(
        NAME,
        __name__,
        url_prefix=ACCOUNTS_PATH.read(app.config),
        template_folder="../templates",
        static_folder="../static",
    )
    app.register_blueprint(made)
