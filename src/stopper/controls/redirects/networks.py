"""Which addresses are the public internet, and which are somebody's inside."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: What is not the public internet, with the name of each
#: (https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-).
INSIDE: tuple[tuple[Network, str], ...] = tuple(
    (ipaddress.ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a cloud's metadata"),
        ("169.254.0.0/16", "a link's own network, with a cloud's metadata"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "a reserved network"),
        ("192.0.2.0/24", "a network for examples"),
        ("192.88.99.0/24", "a relay to IPv6"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "a network for measurements"),
        ("198.51.100.0/24", "a network for examples"),
        ("203.0.113.0/24", "a network for examples"),
        ("224.0.0.0/4", "a multicast group"),
        ("240.0.0.0/4", "a reserved network"),
        ("2001::/23", "a reserved network, with Teredo"),
        ("2001:db8::/32", "a network for examples"),
        ("2002::/16", "a tunnel of 6to4"),
        ("3fff::/20", "a network for examples"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "a link's own network"),
        ("fec0::/10", "a site's own network"),
        ("ff00::/8", "a multicast group"),
        ("64:ff9b:1::/48", "a translation to an inner IPv4 network"),
    )
)

#: All of IPv6 that is the public internet today (RFC 4291, 2.4).
_GLOBAL = ipaddress.IPv6Network("2000::/3")

#: Where IPv6 carries an IPv4 address in its last 32 bits, and that one is reached.
_CARRIES = (
    ipaddress.IPv6Network("::ffff:0:0/96"),
    ipaddress.IPv6Network("64:ff9b::/96"),
)

# Interface ids that hold an IPv4 address (ISATAP, RFC 5214, 6.1).
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def inside(address: Address, allow: Iterable[Network] = ()) -> str | None:
    """Say what an address is part of, ``None`` if it is of the public internet.

    :param allow: Networks that may be reached all the same.
    """
    if any(address in network for network in allow):
        return None

    for network, name in INSIDE:
        if address in network:
            return name

    if isinstance(address, ipaddress.IPv4Address):
        return None

    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)

    if any(address in network for network in _CARRIES):
        return inside(low, allow)

    if address not in _GLOBAL:
        return "a reserved network"

    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return "a tunnel of ISATAP"

    return None


def networks(given: Iterable[str]) -> tuple[Network, ...]:
    """Return networks of their texts, ``"10.0.0.0/8"``.

    :raises ValueError: If one is no network.
    """
    if isinstance(given, str):
        raise ValueError(f"takes networks one by one in a tuple, and not {given!r:.80}")

    try:
        return tuple(ipaddress.ip_network(text) for text in given)
    except (TypeError, ValueError) as e:
        raise ValueError(f"takes networks such as '10.0.0.0/8': {e}") from None


def numeric(host: str) -> bool:
    """Say whether a host is a number in a notation other than ``192.0.2.1``.

    ``127.1``, ``0x7f000001`` and ``2130706433`` are this machine to most resolvers.
    """
    last = host.rstrip(".").rpartition(".")[2].lower()
    digits = last.isdigit() or (
        last[:2] == "0x" and not last[2:].strip("0123456789abcdef")
    )

    if not digits:
        return False

    try:
        return str(ipaddress.IPv4Address(host)) != host
    except ValueError:
        return True
