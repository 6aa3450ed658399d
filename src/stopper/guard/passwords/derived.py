"""scrypt and PBKDF2, as Werkzeug, passlib and Django write them: verified, never written."""

from __future__ import annotations

import functools
import hashlib
import re

from .known import compares
from .known import Known
from .known import tag64

#: The most rounds of PBKDF2 in a stored hash. Django 6 has 1.2 million, and each million
#: takes a third of a second.
MOST_ROUNDS = 5_000_000

#: The most memory of scrypt, in bytes, and the most work (N times r times p).
MOST_MEMORY = 256 * 1024 * 1024
MOST_WORK = 4 * 1024 * 1024

#: Bytes of a whole hash. Of one that a short column cut off the rest would still match.
_TAGS = {"sha1": 20, "sha256": 32, "sha512": 64}
_SCRYPT_WERKZEUG = 64
_SCRYPT_PASSLIB = 32

_WERKZEUG_PBKDF2 = re.compile(
    r"pbkdf2:(sha1|sha256|sha512):(\d{1,8})\$([^$]{1,128})\$((?:[0-9a-f]{2}){1,64})",
    re.ASCII,
)
_WERKZEUG_SCRYPT = re.compile(
    r"scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3})\$([^$]{1,128})\$((?:[0-9a-f]{2}){1,64})",
    re.ASCII,
)
_PASSLIB_PBKDF2 = re.compile(
    r"\$pbkdf2(-sha256|-sha512|)\$(\d{1,8})\$([A-Za-z0-9./]{0,172})\$([A-Za-z0-9./]{1,88})",
    re.ASCII,
)
_PASSLIB_SCRYPT = re.compile(
    r"\$scrypt\$ln=(\d\d?),r=(\d{1,3}),p=(\d{1,3})"
    r"\$([A-Za-z0-9+/]{0,172})\$([A-Za-z0-9+/]{1,88})",
    re.ASCII,
)
_DJANGO = re.compile(
    r"pbkdf2_(sha1|sha256)\$(\d{1,8})\$([^$]{1,128})\$([A-Za-z0-9+/]{1,88}={0,2})",
    re.ASCII,
)


def read(stored: str) -> Known | None:
    """Read a hash of scrypt or PBKDF2, ``None`` if it is none or asks for too much."""
    for form, reader in _FORMS:
        found = form.fullmatch(stored)

        if found is not None:
            return reader(*found.groups())

    return None


def _werkzeug_pbkdf2(name: str, rounds: str, salt: str, tag: str) -> Known | None:
    return _pbkdf2(name, rounds, salt.encode(), bytes.fromhex(tag))


def _werkzeug_scrypt(n: str, r: str, p: str, salt: str, tag: str) -> Known | None:
    whole = _whole(bytes.fromhex(tag), _SCRYPT_WERKZEUG)
    return _scrypt(int(n), int(r), int(p), salt.encode(), whole)


def _passlib_pbkdf2(name: str, rounds: str, salt: str, tag: str) -> Known | None:
    return _pbkdf2(name[1:] or "sha1", rounds, tag64(salt, "./"), tag64(tag, "./"))


def _passlib_scrypt(n: str, r: str, p: str, salt: str, tag: str) -> Known | None:
    whole = _whole(tag64(tag), _SCRYPT_PASSLIB)
    return _scrypt(1 << min(int(n), 32), int(r), int(p), tag64(salt), whole)


def _django(name: str, rounds: str, salt: str, tag: str) -> Known | None:
    return _pbkdf2(name, rounds, salt.encode(), tag64(tag))


_FORMS = (
    (_WERKZEUG_SCRYPT, _werkzeug_scrypt),
    (_WERKZEUG_PBKDF2, _werkzeug_pbkdf2),
    (_PASSLIB_PBKDF2, _passlib_pbkdf2),
    (_PASSLIB_SCRYPT, _passlib_scrypt),
    (_DJANGO, _django),
)


def _whole(tag: bytes | None, size: int) -> bytes | None:
    return tag if tag is not None and len(tag) == size else None


def _pbkdf2(
    name: str, rounds: str, salt: bytes | None, tag: bytes | None
) -> Known | None:
    tag = _whole(tag, _TAGS[name])

    if not 0 < int(rounds) <= MOST_ROUNDS or salt is None or tag is None:
        return None

    derive = functools.partial(_pbkdf2_of, name, salt, int(rounds), len(tag))
    return Known(f"pbkdf2-{name}", compares(tag, derive))


def _pbkdf2_of(name: str, salt: bytes, rounds: int, size: int, text: bytes) -> bytes:
    return hashlib.pbkdf2_hmac(name, text, salt, rounds, size)


def _scrypt(
    n: int, r: int, p: int, salt: bytes | None, tag: bytes | None
) -> Known | None:
    bounded = 128 * n * r <= MOST_MEMORY and n * r * p <= MOST_WORK
    # RFC 7914, 2: N is a power of two, and more than one.
    good = bounded and n > 1 and not n & (n - 1) and r and p

    if not good or salt is None or tag is None:
        return None

    derive = functools.partial(_scrypt_of, salt, n, r, p, len(tag))
    return Known("scrypt", compares(tag, derive))


def _scrypt_of(salt: bytes, n: int, r: int, p: int, size: int, text: bytes) -> bytes:
    memory = 132 * n * r * p
    return hashlib.scrypt(text, salt=salt, n=n, r=r, p=p, maxmem=memory, dklen=size)
