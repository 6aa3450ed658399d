"""The extension that gives an app accounts."""

from __future__ import annotations

import typing as t

from flask import current_app
from flask import Flask
from sqlalchemy import Engine

from ...catalogue.error import StartError
from ..apikeys.keys import Grants
from ..events import event
from ..tables.ready import Tables
from .current import current_user
from .mail.mailer import Function
from .pages.blueprint import register
from .people import People
from .service import NAME
from .service import Options
from .service import Service


class Accounts:
    """Give an app accounts: people log in to it, and programs get keys.

    ::

        app = Flask(__name__)
        stopper = Stopper(app)
        accounts = Accounts(app)

    :param people: Where the users are, if not in the ready-made table.
    :param tables: Tables of the app's own.
    :param engine: The engine of the app's database, or what returns it: ``lambda:
        db.engine``. Without one it is that of ``STOPPER_ACCOUNTS_URL``.
    :param mail: A function that takes an :class:`email.message.EmailMessage` and sends
        it, if that is not the server of ``STOPPER_MAIL_URL``. It is called in a thread
        of its own; an :exc:`OSError` of it is tried again.
    :param grants: Says whether a user, by id, may give a scope to an API key; without
        it everybody may give all of ``STOPPER_APIKEY_SCOPES``.
    :param pages: Whether users log in here. An app that has users and a login of its
        own leaves it off, and has API keys all the same.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        people: People | None = None,
        tables: Tables | None = None,
        engine: Engine | t.Callable[[], Engine] | None = None,
        mail: Function | None = None,
        grants: Grants | None = None,
        pages: bool = True,
    ) -> None:
        self._options = Options(people, tables or Tables(), engine, mail, grants, pages)

        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Give the app its pages and its ``current_user``.

        :raises StartError: If it has accounts already.
        """
        if NAME in app.extensions:
            raise StartError("This app has accounts already; init_app is called once.")

        made = app.extensions[NAME] = Service(app, self._options)
        event.connect(made.heard, app)
        app.context_processor(_names)
        register(app, self._options.pages)


def _names() -> dict[str, t.Any]:
    # An app that has Flask-Login has a ``current_user`` in its templates.
    has = hasattr(current_app, "login_manager")
    return {} if has else {"current_user": current_user}
