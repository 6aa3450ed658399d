"""The blueprint of the pages of accounts."""

from __future__ import annotations

from flask import Blueprint
from flask import Flask

from ....controls.accounts.settings import ACCOUNTS_PATH
from ...apikeys.pages import keys
from ...apikeys.pages import minting
from ...authorization.authorizing import Authorizing
from ...mfa.pages import register as factors
from ..devices import pages as devices
from . import address
from . import down
from . import links
from . import login
from . import own
from . import register as register_page
from . import reset
from . import verify

#: The name of the blueprint, and so the beginning of its endpoints.
NAME = "stopper_accounts"

#: What lays pages on the blueprint.
PARTS = (login, register_page, verify, reset, own, address, factors, keys, devices)


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
    down.register(made)
    minting.register(made, app)

    if pages:
        # Pages that are not for everybody ask who is logged in by themselves, and lead a
        # browser to the login.
        Authorizing().declared(made)
        made.after_request(links.sealed)

        for part in PARTS:
            part.register(made, app)

    app.register_blueprint(made)
