"""What gunicorn serves for the attackers: one app, and a user whose password is known."""

from __future__ import annotations

import os

from flask import Flask

from stopper import Stopper
from stopper.accounts import Accounts
from stopper.accounts import current_user


def build() -> Flask:
    app = Flask("attacked", instance_path=os.environ["HOME"])
    app.secret_key = "for these tests alone, and long enough"
    app.config.update(STOPPER_ORIGIN=os.environ["ORIGIN"], STOPPER_MAIL_URL="console:")
    stopper = Stopper(app)
    Accounts(app, mail=lambda message: None)
    app.get("/")(stopper.public(lambda: f"hello {current_user}"))

    with app.app_context():
        ours = app.extensions["stopper.accounts"]
        hash = ours.passwords.hash(os.environ["PASSWORD"])

        with ours.database.writing() as sql:
            person = ours.people.add(sql, os.environ["ADDRESS"], hash, "", 0.0)
            ours.people.set_verified(sql, person.id, 0.0)

    return app
