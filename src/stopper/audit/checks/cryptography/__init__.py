"""Are hashes, random values, ciphers and comparisons fit for security?"""

from __future__ import annotations

from .ciphers import small_key
from .ciphers import static_nonce
from .ciphers import weak_cipher
from .comparisons import timing_comparison
from .hashes import broken_hash
from .randomness import predictable_random
from .trust import unknown_host_key
from .trust import unverified_jwt
from .trust import unverified_tls

__all__ = [
    "broken_hash",
    "predictable_random",
    "small_key",
    "static_nonce",
    "timing_comparison",
    "unknown_host_key",
    "unverified_jwt",
    "unverified_tls",
    "weak_cipher",
]
