"""bcrypt, on request and for what is there: its 72 bytes are never what is cut off."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import re

from .known import Known
from .libraries import library

#: Bytes of a password that bcrypt looks at.
MOST_BYTES = 72

#: The highest work factor of a stored hash: one of 16 takes three seconds.
MOST_COST = 15

_PLAIN = re.compile(r"\$2(?P<minor>[aby])\$(?P<cost>\d\d)\$[./A-Za-z0-9]{53}", re.ASCII)

# As passlib writes it: HMAC with SHA-256, the salt being the key, then bcrypt.
_KEYED = re.compile(
    r"\$bcrypt-sha256\$v=2,t=2b,r=(?P<cost>\d\d?)"
    r"(?:,keyid=(?P<pepper>[A-Za-z0-9.+/-]{1,32}))?"
    r"\$(?P<salt>[./A-Za-z0-9]{22})\$(?P<tag>[./A-Za-z0-9]{31})",
    re.ASCII,
)
_DJANGO = "bcrypt_sha256$"


@dataclasses.dataclass(frozen=True, slots=True)
class Bcrypt:
    """The parameters of new hashes."""

    cost: int

    def hash(self, password: bytes, pepper: str | None = None) -> str:
        """Return the hash: ``$2b$``, or ``$bcrypt-sha256$`` where bcrypt would cut.

        What is longer than bcrypt looks at, or holds a NUL at which other libraries stop,
        goes through a keyed hash first; so does what a pepper went into.
        """
        bcrypt = library("bcrypt", "bcrypt")
        salt: bytes = bcrypt.gensalt(self.cost)

        if pepper is None and _fits(password):
            plain: bytes = bcrypt.hashpw(password, salt)
            return plain.decode("ascii")

        text = bcrypt.hashpw(_keyed(password, salt[-22:]), salt).decode("ascii")
        return _written(self.cost, text[-53:], pepper)

    def nobody(self, pepper: str | None = None) -> str:
        """Return a hash of no password, which costs as much to verify as any other."""
        bcrypt = library("bcrypt", "bcrypt")
        # The last letter of a salt and of a hash holds fewer bits; a salt has that.
        salt, tag = (bcrypt.gensalt(self.cost).decode("ascii")[-22:] for _ in "ab")
        body = f"{salt}{tag[:21]}{tag[:10]}"

        if pepper is not None:
            return _written(self.cost, body, pepper)

        return f"$2b${self.cost:02d}${body}"

    def made_with(self, pepper: str | None, password: bytes) -> object:
        """Return what :attr:`~.known.Known.made_with` is of a hash of today."""
        return ("2b", self.cost, pepper, pepper is None and _fits(password))


def _fits(password: bytes) -> bool:
    # One of just 72 bytes goes the other way too, so that no longer one is taken for it.
    return len(password) < MOST_BYTES and b"\0" not in password


def _keyed(password: bytes, salt: bytes) -> bytes:
    return base64.b64encode(hmac.digest(salt, password, "sha256"))


def _written(cost: int, body: str, pepper: str | None) -> str:
    name = f",keyid={pepper}" if pepper else ""
    return f"$bcrypt-sha256$v=2,t=2b,r={cost}{name}${body[:22]}${body[22:]}"


def read(stored: str) -> Known | None:
    """Read a hash of bcrypt, ``None`` if it is none or asks for too much."""
    if stored.startswith(_DJANGO):
        return _read_django(stored.removeprefix(_DJANGO))

    keyed = _KEYED.fullmatch(stored)
    found = keyed or _PLAIN.fullmatch(stored)

    if found is None or not 4 <= int(found["cost"]) <= MOST_COST:
        return None

    return _read_keyed(keyed) if keyed else _read_plain(found)


def _read_plain(found: re.Match[str]) -> Known:
    stored = found[0].encode("ascii")
    made_with = (f"2{found['minor']}", int(found["cost"]), None, True)
    # What wrote it cut the password, so the password is cut here too.
    return Known("bcrypt", lambda p: _verified(stored, p[:MOST_BYTES]), made_with)


def _read_keyed(found: re.Match[str]) -> Known:
    salt, cost, pepper = found["salt"], int(found["cost"]), found["pepper"]
    stored = f"$2b${cost:02d}${salt}{found['tag']}".encode("ascii")
    return Known(
        "bcrypt-sha256",
        lambda password: _verified(stored, _keyed(password, salt.encode("ascii"))),
        ("2b", cost, pepper, False),
        pepper,
        ours=pepper is not None,
    )


def _read_django(stored: str) -> Known | None:
    found = _PLAIN.fullmatch(stored)

    if found is None or not 4 <= int(found["cost"]) <= MOST_COST:
        return None

    return Known(
        "bcrypt_sha256",
        lambda p: _verified(
            stored.encode("ascii"), hashlib.sha256(p).hexdigest().encode("ascii")
        ),
    )


def _verified(stored: bytes, password: bytes) -> bool:
    bcrypt = library("bcrypt", "bcrypt")

    try:
        return bool(bcrypt.checkpw(password, stored))
    except ValueError:
        return False
