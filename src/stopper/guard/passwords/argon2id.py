"""argon2id: how new passwords are hashed, and how any argon2 is verified (RFC 9106)."""

from __future__ import annotations

import base64
import dataclasses
import re
import secrets

from .known import Known
from .libraries import library

#: Bytes of the salt. RFC 9106, 3.1 has 16; two more tell our hashes from all others,
#: whose writers do not bring passwords into the NFKC form.
SALT = 18

#: Bytes of the hash (RFC 9106, 4).
TAG = 32

#: The most that a stored hash may ask for: memory in KiB, memory times passes, lanes. A
#: hash with more is refused, or one row of the database would hold a worker for minutes.
MOST_MEMORY = 1024 * 1024
MOST_WORK = 4 * 1024 * 1024
MOST_LANES = 64

_HASH = re.compile(
    r"(?P<head>\$argon2(?P<kind>id|i|d)(?:\$v=(?P<version>16|19))?"
    r"\$m=(?P<memory>\d{1,8}),t=(?P<passes>\d{1,8}),p=(?P<lanes>\d{1,4}))"
    r"(?:,keyid=(?P<pepper>[A-Za-z0-9.+/-]{1,32}))?"
    r"(?P<body>\$(?P<salt>[A-Za-z0-9+/]{11,128})\$[A-Za-z0-9+/]{22,128})",
    re.ASCII,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Argon2id:
    """The parameters of new hashes.

    :param memory: KiB.
    """

    memory: int
    passes: int
    lanes: int

    def hash(self, password: bytes, pepper: str | None = None) -> str:
        """Return the hash as a PHC string.

        :param pepper: The id of the key that went into ``password``; kept as ``keyid``.
        """
        argon2 = library("argon2.low_level", "argon2-cffi")
        found: bytes = argon2.hash_secret(
            password,
            secrets.token_bytes(SALT),
            time_cost=self.passes,
            memory_cost=self.memory,
            parallelism=self.lanes,
            hash_len=TAG,
            type=argon2.Type.ID,
        )
        return _named(found.decode("ascii"), pepper)

    def nobody(self, pepper: str | None = None) -> str:
        """Return a hash of no password, which costs as much to verify as any other."""
        salt, tag = (_text(secrets.token_bytes(n)) for n in (SALT, TAG))
        head = f"$argon2id$v=19$m={self.memory},t={self.passes},p={self.lanes}"
        return _named(f"{head}${salt}${tag}", pepper)

    def made_with(self, pepper: str | None, password: bytes) -> object:
        """Return what :attr:`~.known.Known.made_with` is of a hash of today."""
        return (True, self.memory, self.passes, self.lanes, pepper)


def _named(text: str, pepper: str | None) -> str:
    head, salt, tag = text.rsplit("$", 2)
    name = f",keyid={pepper}" if pepper else ""
    return f"{head}{name}${salt}${tag}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii").rstrip("=")


def read(stored: str) -> Known | None:
    """Read a hash of argon2, ``None`` if it is none or asks for too much."""
    # Django writes the name of its hasher in front.
    found = _HASH.fullmatch(stored.removeprefix("argon2"))

    if found is None:
        return None

    memory, passes, lanes = (int(found[k]) for k in ("memory", "passes", "lanes"))
    bounded = memory <= MOST_MEMORY and memory * passes <= MOST_WORK

    if not bounded or not passes or not 0 < lanes <= MOST_LANES or memory < 8 * lanes:
        return None

    ours = (found["kind"], found["version"]) == ("id", "19")
    ours = ours and len(found["salt"]) == SALT // 3 * 4
    return Known(
        f"argon2{found['kind']}",
        lambda password: _verified(
            f"{found['head']}{found['body']}", found["kind"], password
        ),
        (ours, memory, passes, lanes, found["pepper"]),
        found["pepper"],
        ours,
    )


def _verified(stored: str, kind: str, password: bytes) -> bool:
    argon2 = library("argon2.low_level", "argon2-cffi")
    errors = library("argon2.exceptions", "argon2-cffi")

    try:
        argon2.verify_secret(
            stored.encode("ascii"), password, argon2.Type[kind.upper()]
        )
    except (errors.VerificationError, errors.InvalidHashError):
        return False

    return True
