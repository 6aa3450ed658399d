"""What a one-time code and a recovery code look like, and how they are read."""

from __future__ import annotations

import re
import secrets
import unicodedata

#: Seconds of one step of a TOTP, and its digits (RFC 6238, 5.2; RFC 4226, 5.3). What
#: every authenticator app takes; several ignore what an address says beside it.
STEP = 30
DIGITS = 6

#: Bytes of the secret of a TOTP (RFC 4226, 4: 160 bits are recommended).
SECRET = 20

#: Recovery codes at a time.
CODES = 10

#: Characters of a recovery code: 28 of 5 bits are 140 random bits.
LENGTH = 28

#: Between the groups of a recovery code, for reading.
GROUP = 4

#: Crockford's base 32: no letter that looks like a digit.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_LOOKALIKES = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s-]+")


def code_of(text: str) -> str | None:
    """Return the digits of a one-time code as somebody typed it.

    :return: ``None`` if it is none: apps show it with a space in the middle, and
        keyboards write digits of other scripts.
    """
    found = _BETWEEN.sub("", unicodedata.normalize("NFKC", text[:64]))
    return (
        found if len(found) == DIGITS and found.isascii() and found.isdigit() else None
    )


def recovery_code() -> str:
    """Return a new recovery code, without anything between its groups."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def recovery_code_of(text: str) -> str | None:
    """Return a recovery code as somebody typed it, ``None`` if it is none.

    In either case, with or without its hyphens, and with letters for the digits that
    they look like.
    """
    found = unicodedata.normalize("NFKC", text[:128]).upper()
    found = _BETWEEN.sub("", found).translate(_LOOKALIKES)
    return found if len(found) == LENGTH and not set(found) - set(ALPHABET) else None


def grouped(text: str) -> str:
    """Return a code in groups of four, as people read it."""
    parts = (text[i : i + GROUP] for i in range(0, len(text), GROUP))
    return "-".join(parts)
