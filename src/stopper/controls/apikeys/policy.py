"""What a key looks like, and what may be said of one: its scopes and its networks."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import string
import zlib
from collections.abc import Iterator
from collections.abc import Mapping

#: Digits of base62. None of them has to be quoted in a header, a shell or a URL, and a
#: double click selects a key as a whole.
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase

#: Random digits of the part that is no secret, by which the row is found: 71 bits.
ID = 12

#: Random digits of the secret part: 178 bits. A guess should succeed with a
#: probability of 2**-160 at most (RFC 6749, 10.10).
SECRET = 30

#: Digits of the checksum: CRC32 has 32 bits, and 62**6 is more.
CHECKSUM = 6

#: Characters of the longest key.
LONGEST = 12 + 1 + ID + 1 + SECRET + CHECKSUM

#: A key, as a scanner finds it. Its groups: the prefix, the id, the secret with the
#: checksum behind it.
PATTERN = (
    r"(?<![A-Za-z0-9])([a-z][a-z0-9]{1,11})"
    rf"_([0-9A-Za-z]{{{ID}}})_([0-9A-Za-z]{{{SECRET + CHECKSUM}}})(?![A-Za-z0-9_])"
)

_KEY = re.compile(PATTERN)
_PREFIX = re.compile(r"[a-z][a-z0-9]{1,11}")

# A scope of OAuth (RFC 6749, 3.3) without what is quoted in a header.
_SCOPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/*-]{0,99}")


@dataclasses.dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a key.

    :param id: What it is called in lists and in the log; no secret.
    """

    prefix: str
    id: str
    secret: str = dataclasses.field(repr=False)


def checksum(text: str) -> str:
    """Return the CRC32 of a text in base62.

    It is no protection: it tells a key from a word that looks like one, and a typing
    error from a guess, without a look into the database.
    """
    left, found = zlib.crc32(text.encode()), ""

    for _ in range(CHECKSUM):
        left, digit = divmod(left, len(DIGITS))
        found = DIGITS[digit] + found

    return found


def written(parts: Parts) -> str:
    """Return a key as it is handed to its owner: ``prefix_id_secret`` and a checksum."""
    text = f"{parts.prefix}_{parts.id}_{parts.secret}"
    return text + checksum(text)


def parsed(text: str) -> Parts | None:
    """Return the parts of a key, ``None`` if this is none or its checksum is wrong."""
    if len(text) > LONGEST:
        return None

    found = _KEY.fullmatch(text)

    if found is None or checksum(text[:-CHECKSUM]) != text[-CHECKSUM:]:
        return None

    return Parts(found[1], found[2], found[3][:SECRET])


def keys_in(text: str) -> Iterator[Parts]:
    """Yield the keys that stand somewhere in a text."""
    for found in _KEY.finditer(text):
        parts = parsed(found[0])

        if parts is not None:
            yield parts


def complain_of_prefix(prefix: str) -> str | None:
    """Say what is wrong with the prefix of an app's keys, ``None`` if nothing is."""
    if _PREFIX.fullmatch(prefix):
        return None

    return "takes 2 to 12 small letters and digits, a letter first: 'acme'"


def complain_of_scopes(scopes: Mapping[str, str]) -> str | None:
    """Say what is wrong with the scopes of an app, ``None`` if nothing is."""
    for name, says in scopes.items():
        # A setting's types go no deeper than the mapping.
        if not isinstance(name, str) or not is_scope(name):
            return (
                f"names a scope {str(name)[:60]!r}, and takes letters, digits and "
                "':._/*-': 'notes:read'"
            )

        if not isinstance(says, str):
            return f"takes a sentence for {name!r} that says what it allows"

    return None


def is_scope(name: str) -> bool:
    """Say whether a scope may be called so."""
    return bool(_SCOPE.fullmatch(name))


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_in(text: str) -> tuple[Network, ...]:
    """Return the networks of a list with spaces or commas between them.

    :raises ValueError: If one of them is none. The message says which, and why.
    """
    return tuple(map(_network, text.replace(",", " ").split()))


def _network(text: str) -> Network:
    found = ipaddress.ip_network(text)
    mapped = getattr(found.network_address, "ipv4_mapped", None)

    # Clients are compared by the IPv4 address that they have.
    if mapped is None or found.prefixlen < 96:
        return found

    return ipaddress.IPv4Network((mapped, found.prefixlen - 96))


def within(address: str | None, networks: tuple[Network, ...]) -> bool:
    """Say whether an address is in one of the networks; none at all allow every one.

    :param address: ``None`` if the client has none, as on a unix socket.
    """
    if not networks:
        return True

    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False

    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)
