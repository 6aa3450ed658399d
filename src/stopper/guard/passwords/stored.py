"""Reads a stored hash, whoever wrote it."""

from __future__ import annotations

from . import argon2id
from . import bcrypts
from . import derived
from .known import Known

#: Characters of a longest hash that is looked at.
LONGEST = 512

#: How hashes of known kinds begin. Nothing else of a hash may stand in a message: where
#: one expects a hash, a database may hold a password.
_BEGINNINGS = (
    *("$argon2", "argon2$", "$2", "$bcrypt-sha256$", "bcrypt_sha256$", "scrypt:"),
    *("$scrypt$", "pbkdf2:", "pbkdf2_", "$pbkdf2"),
)


def read(stored: str) -> Known | None:
    """Read a hash, ``None`` if its kind is not known or it asks for too much."""
    if len(stored) > LONGEST:
        return None

    for reader in (argon2id.read, bcrypts.read, derived.read):
        found = reader(stored)

        if found is not None:
            return found

    return None


def kind(stored: str) -> str:
    """Return how a hash begins, if that is known, and nothing of a password."""
    return next((b for b in _BEGINNINGS if stored.startswith(b)), "something else")
