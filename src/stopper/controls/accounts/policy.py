"""What an address is, and when two of them are one."""

from __future__ import annotations

import re
import unicodedata

#: Characters of an address (RFC 5321, 4.5.3.1: 64 before the @, 255 after it).
LONGEST = 320

#: One @ with something on both sides, and nothing that ends a header or a line. Whether
#: mail arrives there is what the verification shows, and no pattern can.
_SHAPE = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"]{1,255}")


def complain_of_address(address: str) -> str | None:
    """Say what is wrong with an address, ``None`` if nothing is to be seen.

    :return: Ends a sentence that begins with *the address*.
    """
    # A letter may become eighteen as it is looked up, and a column has room for so many.
    if len(address) > LONGEST or len(address_key(address)) > LONGEST:
        return f"has more than {LONGEST} characters"

    # What begins with =? is read as another address than it looks like (RFC 2047, 5), by
    # those who send the mail as well.
    encoded = "=?" in address

    if encoded or not _SHAPE.fullmatch(address) or not address.isprintable():
        return "is no address of mail, such as ann@example.org"

    return None


def address_key(address: str) -> str:
    """Return an address as it is looked up: two spellings of one are the same.

    Letters that look alike by compatibility (NFKC) and in either case are one: who
    registers ``ANN@example.org`` must not get the mail, or the account, of ``ann``.

    Of what is longer than any address only the beginning counts.
    """
    # To order a row of marks takes the square of its length, and stops all threads: 200
    # kilobytes of them took twelve seconds.
    short = address.strip()[:LONGEST]
    folded = unicodedata.normalize("NFKC", short).casefold()
    return unicodedata.normalize("NFKC", folded)
