"""What a stolen database, a list of common passwords and a flood give, and what they do not."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import signal
import subprocess
import sys
import threading

import bcrypt
import pytest
from flask import Flask
from werkzeug.security import check_password_hash
from werkzeug.security import generate_password_hash

from stopper.guard.house import House
from stopper.guard.identity import Identity
from stopper.guard.passwords.passwords import Answer
from stopper.guard.passwords.passwords import Passwords
from stopper.guard.passwords.pool import Busy

#: What anybody guesses first.
GUESSES = ("password1", "12345678", "iloveyou", "sunshine", "harbour2027")


def passwords(tmp_path, **config):
    app = Flask("harbour", instance_path=str(tmp_path))
    app.testing = True
    app.config.update(config)
    return Passwords(House(app, object(), Identity()))


def cracked(stored, verify):
    """Return the guesses that a stolen hash confirms."""
    return [guess for guess in GUESSES if verify(stored, guess)]


def test_a_stolen_table_of_fast_hashes_gives_the_password_away():
    stored = hashlib.sha256(b"sunshine").hexdigest()

    assert cracked(
        stored, lambda h, g: hashlib.sha256(g.encode()).hexdigest() == h
    ) == ["sunshine"]


def test_a_stolen_table_with_a_pepper_confirms_no_guess(tmp_path):
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    keeper = passwords(tmp_path, STOPPER_PASSWORD_PEPPERS=[f"2027:{key}"])
    thief = passwords(tmp_path)
    stored = keeper.hash("sunshine")
    alone = stored.replace(",keyid=2027", "")

    assert keeper.verify(stored, "sunshine").right
    assert cracked(stored, lambda h, g: thief.verify(h, g).right) == []
    assert cracked(alone, lambda h, g: thief.verify(h, g).right) == []


@pytest.mark.filterwarnings("ignore")
def test_what_is_guessed_first_is_taken_by_others():
    from flask_security import RoleMixin
    from flask_security import Security
    from flask_security import UserDatastore
    from flask_security import UserMixin

    app = Flask("guest")
    app.config.update(SECRET_KEY="k" * 32, SECURITY_PASSWORD_SALT="s" * 32)
    user = type("User", (UserMixin,), {"fs_uniquifier": ""})
    datastore = UserDatastore(user, type("Role", (RoleMixin,), {}))
    guest = Security(app, datastore, register_blueprint=False)

    with app.test_request_context():
        found = {g: guest._password_util.validate(g, True)[0] for g in GUESSES}

    assert {g: bool(problems) for g, problems in found.items()} == dict.fromkeys(
        GUESSES, False
    )


@pytest.mark.parametrize("alone", [True, False])
def test_what_is_guessed_first_is_not_taken(tmp_path, alone):
    ours = passwords(tmp_path)
    assert [g for g in GUESSES if not ours.complaints(g, alone=alone)] == []


def test_bcrypt_takes_any_end_of_a_long_password():
    # As its own error message proposes, and as it did without one until version 5.
    stored = bcrypt.hashpw(("x" * 80).encode()[:72], bcrypt.gensalt(4))

    assert bcrypt.checkpw(("x" * 72 + "something else").encode()[:72], stored)


def test_ours_takes_one_end_alone(tmp_path):
    ours = passwords(tmp_path, STOPPER_PASSWORD_SCHEME="bcrypt")
    stored = ours.hash("x" * 80)

    assert ours.verify(stored, "x" * 80).right
    assert not ours.verify(stored, "x" * 72 + "something else").right


BARE = """
from werkzeug.security import check_password_hash
check_password_hash("pbkdf2:sha256:99999999$salt$" + "ab" * 32, "x")
"""


def test_a_row_with_an_absurd_hash_holds_a_bare_worker():
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", BARE], timeout=3, check=False)


def test_a_row_with_an_absurd_hash_is_never_right(tmp_path):
    stored = f"pbkdf2:sha256:99999999$salt${'ab' * 32}"
    ours = passwords(tmp_path)

    # The alarm ends the test where the hash would be computed.
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 3)

    try:
        assert ours.verify(stored, "x") == Answer(False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_a_bare_app_hashes_nothing_for_a_stranger():
    users = {"anna": generate_password_hash("oars", "pbkdf2:sha256:1000")}
    hashed = []

    def login(name):
        stored = users.get(name)

        if stored is None:
            return False

        hashed.append(name)
        return check_password_hash(stored, "wrong")

    assert not login("anna")
    assert not login("nobody")
    assert hashed == ["anna"]


def test_ours_hashes_as_much_for_a_stranger(tmp_path):
    ours = passwords(tmp_path)
    users = {"anna": ours.hash("oars and sails")}
    spent = []

    for name in ("anna", "nobody"):
        before = ours.hashes
        assert ours.verify(users.get(name), "wrong") == Answer(False)
        spent.append(ours.hashes - before)

    assert spent == [1, 1]


def at_once(number, login):
    """Let so many log in at the same moment, and return what each got."""
    barrier = threading.Barrier(number)
    found = []

    def run():
        barrier.wait()

        try:
            found.append(login())
        except Busy:
            found.append("busy")

    threads = [threading.Thread(target=run) for _ in range(number)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    return found


def test_a_flood_of_logins_holds_every_thread_of_a_bare_app():
    stored = generate_password_hash("oars")
    running, most = set(), []

    def login():
        running.add(threading.get_ident())
        most.append(len(running))
        check_password_hash(stored, "wrong")
        running.discard(threading.get_ident())

    at_once(8, login)
    assert max(most) == 8


def test_a_flood_of_logins_holds_three(tmp_path):
    ours = passwords(
        tmp_path, STOPPER_PASSWORD_SCHEME="bcrypt", STOPPER_PASSWORD_COST=13
    )
    found = at_once(8, lambda: ours.verify(None, "wrong"))

    assert found.count(Answer(False)) == 3
    assert found.count("busy") == 5
    assert os.getpid() in ours._pool._crews
