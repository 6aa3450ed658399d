"""``flask stopper guests``: recovery codes of Flask-Security, encrypted and back."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from guard.guests.members import BEN
from guard.guests.members import closed
from guard.guests.members import quiet
from stopper import Stopper
from stopper.cli.flask import group

__all__ = ("closed",)

pytestmark = quiet

CODES = ["1111-2222", "3333-4444"]


@pytest.fixture
def app(closed):
    """An app whose users got recovery codes before there was a key."""
    made = closed(SECURITY_MULTI_FACTOR_RECOVERY_CODES=True)
    Stopper(made)
    made.cli.add_command(group, "stopper")

    with made.app_context():
        store = made.security.datastore
        store.mf_set_recovery_codes(store.find_user(email=BEN), list(CODES))
        store.commit()

    return made


def keyed(app, *keys):
    """Start the app with these keys."""
    with app.app_context():
        app.security.mf_recovery_codes_util.setup_cryptor(list(keys))


def run(app, *words):
    words = ["stopper", "guests", "recovery-codes", *words]
    return app.test_cli_runner().invoke(args=words)


def kept(app):
    with app.app_context():
        return app.security.datastore.find_user(email=BEN).mf_recovery_codes


def read(app):
    """Return what Flask-Security itself reads."""
    with app.app_context():
        user = app.security.datastore.find_user(email=BEN)
        return app.security.mf_recovery_codes_util.get_recovery_codes(user)


def test_it_shows_what_is_in_plain_text_and_changes_nothing(app):
    found = run(app)

    assert found.exit_code == 1
    assert found.output == (
        "1 users have recovery codes: 2 in plain text, 0 encrypted.\n"
    )
    assert kept(app) == CODES


def test_without_a_key_it_says_which_setting_it_takes(app):
    found = run(app, "--encrypt")

    assert found.exit_code == 2
    assert "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS is not set" in found.output
    assert kept(app) == CODES


def test_with_a_key_alone_flask_security_takes_no_old_code(app):
    keyed(app, Fernet.generate_key())

    assert read(app) == []


def test_what_is_encrypted_is_read_by_flask_security_alone(app):
    keyed(app, Fernet.generate_key())
    found = run(app, "--encrypt")

    assert found.exit_code == 0
    assert not {*kept(app)} & {*CODES}
    assert read(app) == CODES


def test_twice_is_once(app):
    keyed(app, Fernet.generate_key())
    run(app, "--encrypt")
    first = kept(app)
    run(app, "--encrypt")

    assert kept(app) == first


def test_it_can_be_undone(app):
    keyed(app, Fernet.generate_key())
    run(app, "--encrypt")
    assert run(app, "--decrypt").exit_code == 0

    assert kept(app) == CODES


def test_what_a_lost_key_encrypted_stays_as_it_is(app):
    keyed(app, Fernet.generate_key())
    run(app, "--encrypt")
    before = kept(app)
    keyed(app, Fernet.generate_key())

    assert "2 under a key that is not set" in run(app, "--encrypt").output
    assert run(app, "--decrypt").exit_code == 2
    assert kept(app) == before


def test_where_there_is_no_flask_security_it_says_so():
    app = Flask("alone")
    app.cli.add_command(group, "stopper")
    found = run(app)

    assert (found.exit_code, found.output) == (
        2,
        "stopper: This app has no Flask-Security.\n",
    )
