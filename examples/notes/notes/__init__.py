"""Notes that people write, share and find again."""

import os

from flask import Flask

from . import account
from . import database
from . import errors
from . import people
from . import pictures
from . import writing
from .keys import secret_key
from .security import stopper


def create_app(settings=None, instance_path=None):
    """Build the app.

    :param settings: Go over those of the app.
    :param instance_path: The folder of what it keeps; the default is ``instance``
        beside the package.
    """
    app = Flask(__name__, instance_path=instance_path)
    os.makedirs(app.instance_path, mode=0o700, exist_ok=True)
    app.config.from_mapping(
        SECRET_KEY=secret_key(app.instance_path),
        DATABASE=os.path.join(app.instance_path, "notes.sqlite"),
        PICTURES=os.path.join(app.instance_path, "pictures"),
        # Where it is reached: links, redirects and trusted hosts go by it.
        STOPPER_ORIGIN="https://localhost:5000",
        STOPPER_LOGIN_URL="account.login",
        MAX_CONTENT_LENGTH=512 * 1024,
        # The prefix makes browsers hold us to Secure, to this host and to the whole of it.
        SESSION_COOKIE_NAME="__Host-notes",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        STOPPER_SESSION_LIFETIME=12 * 3600,
    )
    # NOTES_STOPPER_ORIGIN=https://notes.example, and so on.
    app.config.from_prefixed_env("NOTES")
    app.config.from_mapping(settings or {})

    stopper.init_app(app)

    database.init_app(app)
    pictures.init_app(app)
    errors.init_app(app)
    account.init_app(app)

    for part in (account, people, writing):
        app.register_blueprint(part.blueprint)

    return app
