"""The most common passwords, as a file of short hashes.

``common.bin`` holds the first 40 bits of the SHA-256 of 160,000 passwords, in lower case:
all 9,598 of at least 15 characters, and the most frequent of 8 to 14, of the million most
frequent of the ten million that Mark Burnett gave to the public domain in 2015 (kept by
the OWASP project SecLists). ``tools/blocklist.py`` made it. A password that is in no list
is taken for one of them in one of seven million cases.

The file has 256 counts of four bytes, how many entries begin with a byte up to this one,
and then the entries without that byte, in order.
"""

from __future__ import annotations

import bisect
import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

from ...controls.passwords.policy import encoded
from ...controls.passwords.policy import normal

FILE = Path(__file__).with_name("common.bin")

#: Bytes of an entry without its first one, and of a count.
WIDTH = 4

#: Bytes of the counts.
HEAD = 256 * WIDTH


def digest(password: str) -> bytes:
    """Return the five bytes under which a password is kept, upper case or lower."""
    folded = normal(password).casefold()
    return hashlib.sha256(encoded(folded)).digest()[: WIDTH + 1]


def packed(digests: Iterable[bytes]) -> bytes:
    """Return the file that holds these."""
    entries = sorted(set(digests))
    ends = (bisect.bisect_left(entries, bytes([n + 1])) for n in range(255))
    counts = b"".join(end.to_bytes(WIDTH) for end in (*ends, len(entries)))
    return counts + b"".join(entry[1:] for entry in entries)


class Blocklist:
    """Looks passwords up in the bytes of such a file, and makes no object of an entry."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __contains__(self, password: str) -> bool:
        first, *_ = found = digest(password)
        low = self._number(first - 1) if first else 0
        high = self._number(first)
        entry = found[1:]
        at = bisect.bisect_left(range(high), entry, low, key=self._entry)
        return at < high and self._entry(at) == entry

    def __len__(self) -> int:
        return self._number(255)

    def _number(self, byte: int) -> int:
        return int.from_bytes(self._data[byte * WIDTH : (byte + 1) * WIDTH])

    def _entry(self, at: int) -> bytes:
        start = HEAD + at * WIDTH
        return self._data[start : start + WIDTH]


@functools.cache
def blocklist() -> Blocklist:
    """Return the list that is shipped, read when it is first asked for."""
    return Blocklist(FILE.read_bytes())
