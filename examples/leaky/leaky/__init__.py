"""The noticeboard of a rowing club, with the classic mistakes."""

import os
import secrets

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import api
from . import board
from . import database
from . import members
from . import office
from . import shelf
from .config import Config


def create_app(settings=None, instance_path=None):
    """Build the app; ``settings`` go over those of the configuration."""
    app = Flask(__name__, instance_path=instance_path)
    app.config.from_object(Config)
    app.config.from_mapping(settings or {})

    # A key for everyone who forgot to set one, and everyone can read it here.
    app.config["MAIL_KEY"] = os.environ.get("CLUB_MAIL_KEY", "starboard-side-up")

    # Headers of three proxies are believed, and there is not one: any visitor
    # chooses the address, the host and the scheme that the app sees.
    app.wsgi_app = ProxyFix(
        app.wsgi_app, x_for=3, x_proto=3, x_host=3, x_port=3, x_prefix=3
    )

    # A token for forms that nothing keeps and nothing checks.
    app.jinja_env.globals["csrf_token"] = secrets.token_urlsafe

    os.makedirs(app.instance_path, exist_ok=True)
    database.init_app(app)
    share_with_other_sites(app)

    for part in (members, board, shelf, office, api):
        app.register_blueprint(part.blueprint)

    return app


def share_with_other_sites(app):
    """Let the pages of other clubs read what the visitor reads."""
    try:
        from flask_cors import CORS
    except ImportError:
        return

    # Every site may read what a member may read, with the member's cookie.
    CORS(app, supports_credentials=True)
