"""A row that somebody wrote into the database holds no worker, and lets nobody in."""

from __future__ import annotations

import base64
import time

import pytest

from stopper.guard.passwords.passwords import Answer

TAG = base64.b64encode(b"t" * 32).decode().rstrip("=")
HEX = "ab" * 32
LONG = "ab" * 64

ABSURD = {
    "argon2-memory": f"$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQ${TAG}",
    "argon2-passes": f"$argon2id$v=19$m=19456,t=99999999,p=1$c2FsdHNhbHQ${TAG}",
    "argon2-lanes": f"$argon2id$v=19$m=65536,t=1,p=4096$c2FsdHNhbHQ${TAG}",
    "argon2-no-passes": f"$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ${TAG}",
    "argon2-no-lanes": f"$argon2id$v=19$m=19456,t=2,p=0$c2FsdHNhbHQ${TAG}",
    "argon2-short-tag": "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$YWI",
    "argon2-version": f"$argon2id$v=99$m=19456,t=2,p=1$c2FsdHNhbHQ${TAG}",
    "argon2-digits": f"$argon2id$v=19$m=١٩٤٥٦,t=2,p=1$c2FsdHNhbHQ${TAG}",
    "bcrypt-cost": "$2b$31$" + "a" * 53,
    "bcrypt-low": "$2b$00$" + "a" * 53,
    "bcrypt-2x": "$2x$10$" + "a" * 53,
    "bcrypt-sha256-cost": f"$bcrypt-sha256$v=2,t=2b,r=31${'a' * 22}${'a' * 31}",
    "bcrypt-django-cost": "bcrypt_sha256$$2b$31$" + "a" * 53,
    "scrypt-memory": f"scrypt:16777216:8:1$salt${LONG}",
    "scrypt-half-a-gigabyte": f"scrypt:524288:8:1$salt${LONG}",
    "scrypt-lanes": f"scrypt:32768:8:999$salt${LONG}",
    "scrypt-odd": f"scrypt:32767:8:1$salt${LONG}",
    "scrypt-nothing": f"scrypt:0:0:0$salt${LONG}",
    "scrypt-passlib": f"$scrypt$ln=63,r=8,p=1$c2FsdA${TAG}",
    "pbkdf2-rounds": f"pbkdf2:sha256:99999999$salt${HEX}",
    "pbkdf2-none": f"pbkdf2:sha256:0$salt${HEX}",
    "pbkdf2-digest": f"pbkdf2:md5:1000$salt${HEX}",
    "pbkdf2-passlib": f"$pbkdf2-sha256$99999999$c2FsdA${TAG.replace('+', '.')}",
    "pbkdf2-django": f"pbkdf2_sha256$99999999$salt${TAG}",
    "pbkdf2-base64": "$pbkdf2-sha256$1000$c2FsdA$" + "a" * 41,
    "pbkdf2-cut": f"pbkdf2:sha512:1000$salt${HEX}",
    "scrypt-cut": f"scrypt:1024:8:1$salt${HEX}",
    "unsalted": HEX,
    "empty": "",
    "unusable": "!4fJ2",
    "long": "$2b$10$" + "a" * 10_000,
    "text": "oars and sails",
}


@pytest.mark.parametrize("stored", ABSURD.values(), ids=ABSURD)
def test_it_is_never_right_and_costs_one_hash(made, happened, stored):
    passwords = made()
    start = time.perf_counter()

    assert passwords.verify(stored, "oars and sails") == Answer(False)
    assert passwords.hashes == 1
    assert time.perf_counter() - start < 2
    assert [(e.control, e.name) for e in happened] == [("passwords", "hash-not-taken")]


def test_a_password_that_stands_where_a_hash_should_is_not_told(made, happened):
    made().verify("oars and sails", "oars and sails")

    assert "oars" not in repr(happened)
    assert "(something else)" in happened[0].message


def test_the_event_tells_which_kind_it_is_and_no_more(made, happened):
    made().verify(ABSURD["bcrypt-cost"], "x")

    assert "($2)" in happened[0].message
    assert "aaaa" not in repr(happened)


def test_the_same_fault_is_one_event_a_minute(made, happened, clock):
    passwords = made()

    for _ in range(3):
        passwords.verify("text", "x")

    clock.now += 61
    passwords.verify("text", "x")

    assert len(happened) == 2
