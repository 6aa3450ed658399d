"""What may have been hashed when a password was set, before it came to us."""

from __future__ import annotations

import base64
import hmac
import unicodedata

from ...controls.passwords.policy import encoded
from ...controls.passwords.policy import normal
from .known import Known


def candidates(known: Known, password: str, old_salt: str) -> tuple[bytes, ...]:
    """Return what a password may have been hashed as, in the order to try.

    Our hashes are of one form. Others hashed what came, whatever keyboard it was; and
    Flask-Security what came in its NFKD form, or with ``old_salt`` a keyed hash of that.
    One that is ASCII is the same in every form, so it is tried once, or twice.
    """
    if known.ours:
        return (encoded(normal(password)),)

    found = [encoded(password), encoded(normal(password))]

    if old_salt:
        decomposed = encoded(unicodedata.normalize("NFKD", password))
        found += [decomposed, doubled(decomposed, old_salt)]

    return tuple(dict.fromkeys(found))


def doubled(password: bytes, salt: str) -> bytes:
    """Return what Flask-Security hashes in the place of a password."""
    digest = hmac.digest(salt.encode(), password, "sha512")
    return base64.b64encode(digest)
