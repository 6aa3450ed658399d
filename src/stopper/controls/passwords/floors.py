"""The least that hashes of other kinds than ours may cost.

Source: OWASP Password Storage Cheat Sheet, as read in November 2026.
"""

from __future__ import annotations

#: Iterations of PBKDF2, by the hash in it. Of others that of SHA-256 is taken.
PBKDF2 = {"sha1": 1_300_000, "sha256": 600_000, "sha512": 210_000}

#: Of scrypt, N times r times p. OWASP asks for 2**17 with blocks of 8, or as much in more
#: runs; Werkzeug's default of 2**15 is less, and is let be.
SCRYPT = 2**15 * 8

#: By how much a number may miss what is asked for today and still be older advice.
OLD = 6


def pbkdf2(digest: str) -> int:
    """Return the least iterations of PBKDF2 with a hash, ``"sha256"``."""
    return PBKDF2.get(digest.lower().replace("-", "").replace("_", ""), 600_000)


def scrypt_enough(n: int, r: int, p: int) -> bool:
    """Say whether scrypt costs enough."""
    return n * r * p >= SCRYPT
