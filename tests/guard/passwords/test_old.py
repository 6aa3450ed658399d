"""Hashes that others wrote are verified, and replaced by one of today."""

from __future__ import annotations

import base64
import hashlib
import unicodedata

import bcrypt
import pytest
from argon2 import PasswordHasher
from argon2 import Type
from flask import Flask
from werkzeug.security import generate_password_hash

from stopper.guard.passwords.passwords import Answer
from stopper.guard.passwords.stored import read

passlib = pytest.importorskip("passlib.hash")

WORD = "oars and sails"
SALT = "146585145368132386173505678016728509634"


def django(rounds, name="sha256"):
    tag = hashlib.pbkdf2_hmac(name, WORD.encode(), b"saltsalt", rounds)
    return f"pbkdf2_{name}${rounds}$saltsalt${base64.b64encode(tag).decode()}"


def django_bcrypt():
    digest = hashlib.sha256(WORD.encode()).hexdigest().encode()
    return f"bcrypt_sha256${bcrypt.hashpw(digest, bcrypt.gensalt(4)).decode()}"


def plain_bcrypt(minor):
    return bcrypt.hashpw(WORD.encode(), bcrypt.gensalt(4)).decode().replace("2b", minor)


STORED = {
    "argon2id": PasswordHasher(3, 65536, 4).hash(WORD),
    "argon2id-same": PasswordHasher(2, 19456, 1).hash(WORD),
    "argon2i": PasswordHasher(2, 1024, 1, type=Type.I).hash(WORD),
    "argon2d": PasswordHasher(2, 1024, 1, type=Type.D).hash(WORD),
    "argon2-passlib": passlib.argon2.using(memory_cost=1024).hash(WORD),
    "argon2-django": "argon2" + PasswordHasher(2, 1024, 8).hash(WORD),
    "bcrypt-2a": plain_bcrypt("2a"),
    "bcrypt-2b": plain_bcrypt("2b"),
    "bcrypt-2y": plain_bcrypt("2y"),
    "bcrypt-sha256-passlib": passlib.bcrypt_sha256.using(rounds=4).hash(WORD),
    "bcrypt-sha256-django": django_bcrypt(),
    "scrypt-werkzeug": generate_password_hash(WORD),
    "scrypt-werkzeug-other": generate_password_hash(WORD, "scrypt:16384:4:2"),
    "pbkdf2-werkzeug": generate_password_hash(WORD, "pbkdf2:sha256:1000"),
    "pbkdf2-werkzeug-sha1": generate_password_hash(WORD, "pbkdf2:sha1:1000"),
    "pbkdf2-werkzeug-sha512": generate_password_hash(WORD, "pbkdf2:sha512:1000"),
    "pbkdf2-passlib": passlib.pbkdf2_sha256.using(rounds=1000).hash(WORD),
    "pbkdf2-passlib-sha1": passlib.pbkdf2_sha1.using(rounds=1000).hash(WORD),
    "pbkdf2-passlib-sha512": passlib.pbkdf2_sha512.using(rounds=1000).hash(WORD),
    "scrypt-passlib": passlib.scrypt.using(rounds=10).hash(WORD),
    "pbkdf2-django": django(1000),
    "pbkdf2-django-passlib": passlib.django_pbkdf2_sha256.using(rounds=1000).hash(WORD),
    "pbkdf2-django-sha1": django(1000, "sha1"),
}

every_form = pytest.mark.parametrize("stored", STORED.values(), ids=STORED)


@every_form
def test_an_old_hash_is_verified_and_replaced(made, stored):
    passwords = made()
    right = passwords.verify(stored, WORD)

    assert right.right
    assert passwords.verify(stored, WORD + "!") == Answer(False)
    assert passwords.verify(stored, "") == Answer(False)
    assert right.better.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(right.better, WORD) == Answer(True)


@every_form
def test_a_hash_that_one_letter_was_changed_of_is_not_right(made, stored):
    # Not the last one, of which Base64 leaves some bits unused.
    at = len(stored) - 5
    other = stored[:at] + ("a" if stored[at] != "a" else "b") + stored[at + 1 :]

    assert not made().verify(other, WORD).right


@every_form
def test_a_hash_that_breaks_off_is_not_right(made, stored):
    passwords = made()

    assert not any(
        passwords.verify(stored[:size], WORD).right
        for size in (3, 12, len(stored) - 30)
    )


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_a_password_is_tried_as_it_came_and_then_in_its_normal_form(made, form):
    typed = "cafe\u0301 ﬁn de la gare"
    stored = generate_password_hash(unicodedata.normalize(form, typed), "pbkdf2")
    came = unicodedata.normalize(form, typed)
    passwords = made()
    answer = passwords.verify(stored, came)

    assert answer.right
    # From now on every keyboard types it.
    assert passwords.verify(answer.better, typed).right


def test_one_whom_another_keyboard_writes_gets_in_by_the_normal_form(made):
    stored = generate_password_hash("café de la gare", "pbkdf2")

    assert made().verify(stored, "cafe\u0301 de la gare").right


def test_a_password_that_old_bcrypt_cut_is_right_once_and_then_whole(made):
    long = "語" * 30
    stored = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode()
    passwords = made()
    answer = passwords.verify(stored, long)

    assert answer.right
    assert passwords.verify(answer.better, long).right
    assert not passwords.verify(answer.better, "語" * 29).right


@pytest.fixture
def security():
    """Hash as Flask-Security does, with the password schemes of its own choice."""
    module = pytest.importorskip("flask_security")

    def hashed(password, **config):
        app = Flask("guest")
        app.config.update(
            SECRET_KEY="for this test alone, and no other",
            SECURITY_PASSWORD_SALT=SALT,
            **config,
        )
        user = type("User", (module.UserMixin,), {"fs_uniquifier": ""})
        role = type("Role", (module.RoleMixin,), {})
        datastore = module.UserDatastore(user, role)
        app.security = module.Security(app, datastore, register_blueprint=False)

        with app.app_context():
            normalized = app.security._password_util.normalize(password)
            return module.hash_password(normalized)

    return hashed


@pytest.mark.parametrize("scheme", ["argon2", "bcrypt", "pbkdf2_sha512"])
@pytest.mark.parametrize("word", [WORD, "café ﬁn"])
@pytest.mark.filterwarnings("ignore")
def test_what_flask_security_hashed_twice_is_verified(made, security, scheme, word):
    stored = security(word, SECURITY_PASSWORD_HASH=scheme)
    passwords = made(STOPPER_PASSWORD_OLD_SALT=SALT)
    answer = passwords.verify(stored, word)

    assert answer.right
    assert passwords.verify(answer.better, word) == Answer(True)
    assert not passwords.verify(stored, word + "!").right
    assert not made().verify(stored, word).right
    assert not made(STOPPER_PASSWORD_OLD_SALT=SALT + "1").verify(stored, word).right


@pytest.mark.filterwarnings("ignore")
def test_what_flask_security_hashed_once_is_verified_in_its_own_form(made, security):
    stored = security("café ﬁn", SECURITY_PASSWORD_SINGLE_HASH=True)

    assert made(STOPPER_PASSWORD_OLD_SALT=SALT).verify(stored, "café ﬁn").right


@every_form
def test_what_is_shown_of_a_hash_is_no_part_of_it(stored):
    assert stored.rpartition("$")[2] not in repr(read(stored))
