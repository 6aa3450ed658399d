"""Notes that people write, share and find again."""

import os

from flask import Flask

from stopper.accounts import Accounts

from . import api
from . import database
from . import pictures
from . import profiles
from . import rules  # noqa: F401  # it registers who may do what with a note
from . import writing
from .keys import secret_key
from .security import stopper


def create_app(settings=None, instance_path=None, mail=None):
    """Build the app.

    :param settings: Go over those of the app.
    :param instance_path: The folder of what it keeps; the default is ``instance``
        beside the package.
    :param mail: A function that sends a mail, if that is not the server of
        ``STOPPER_MAIL_URL``.
    """
    app = Flask(__name__, instance_path=instance_path)
    # stopper: allow[path-traversal] the folder is said by who runs it
    os.makedirs(app.instance_path, mode=0o700, exist_ok=True)
    app.config.from_mapping(
        SECRET_KEY=secret_key(app.instance_path),
        DATABASE=os.path.join(app.instance_path, "notes.sqlite"),
        PICTURES=os.path.join(app.instance_path, "pictures"),
        # Where it is reached: links, redirects and trusted hosts go by it.
        STOPPER_ORIGIN="https://localhost:5000",
        # What roles may do, and which of them take a second factor. Who has which role
        # stands in the accounts: flask --app notes stopper roles grant ADDRESS moderator
        STOPPER_ROLES={"moderator": ["notes:moderate"]},
        STOPPER_MFA_ROLES=["moderator"],
        STOPPER_MFA_ISSUER="Notes",
        # What programs may do with a key, as the people who make one read it.
        STOPPER_APIKEY_SCOPES={
            "notes:read": "Read your notes",
            "notes:write": "Write notes for you",
        },
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
    # The pages below /account/: to register, to log in and all that goes with it.
    Accounts(app, mail=mail)

    for part in (database, pictures, profiles):
        part.init_app(app)

    for part in (api, profiles, writing):
        app.register_blueprint(part.blueprint)

    return app
