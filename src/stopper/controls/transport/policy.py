"""Which peers are proxies of ours, and what an address is: said once, for both wings."""

from __future__ import annotations

import dataclasses
import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: The word for a peer at the other end of a unix socket, which has no address.
UNIX = "unix"

#: Seconds of one year, the least that the preload list takes.
ONE_YEAR = 31_536_000

#: What servers have for an address where the peer came in by a unix socket: gunicorn and
#: uWSGI, Werkzeug, waitress. No header of a client becomes one of these.
NO_ADDRESS = frozenset({"", "<local>", "localhost"})


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One proxy on the way, as the settings describe it.

    :param networks: Where it may be; any one is enough.
    :param unix: Whether it may come by a unix socket.
    """

    networks: tuple[Network, ...]
    unix: bool

    def holds(self, peer: str) -> bool:
        """Say whether a peer, as a header or a server writes its address, is this one."""
        # So nginx writes a peer that came to itself by a unix socket.
        if peer == "unix:":
            return self.unix

        found = address(peer)
        return found is not None and any(found in network for network in self.networks)


def hop(entry: str) -> Hop:
    """Return what one entry of ``STOPPER_PROXIES`` says.

    :raises ValueError: With a sentence that says what is wrong.
    """
    parts = [part.strip() for part in entry.split(",")]
    return Hop(tuple(_network(p) for p in parts if p != UNIX), UNIX in parts)


def _network(text: str) -> Network:
    try:
        found = ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(
            f"takes networks such as '10.0.0.0/8', addresses, or '{UNIX}', and not "
            f"{text[:60]!r}"
        ) from None

    if found.prefixlen == 0:
        raise ValueError(f"may not believe everybody, and {text!r} is everybody")

    return found


def address(text: str) -> Address | None:
    """Return the address that a proxy wrote, with a port or without, ``None`` if none.

    One that is an IPv4 address inside of an IPv6 one is given as the former, for a proxy
    has one address and not two.
    """
    # A scope is free text, and belongs to a machine and not to a visitor.
    if "%" in text:
        return None

    try:
        found = ipaddress.ip_address(_without_port(text))
    except ValueError:
        return None

    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _without_port(text: str) -> str:
    if text.startswith("["):
        inner, bracket, port = text[1:].partition("]")
        plain = bracket and (not port or (port[0] == ":" and _digits(port[1:])))
        return inner if plain else ""

    name, colon, port = text.rpartition(":")
    return name if colon and ":" not in name and _digits(port) else text


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5


def complain_of_proxies(entries: tuple[str, ...]) -> str | None:
    """Say what is wrong with ``STOPPER_PROXIES``, ``None`` if nothing is."""
    for entry in entries:
        if not isinstance(entry, str):
            return "takes one text for each proxy on the way: ('127.0.0.1',)"

        try:
            hop(entry)
        except ValueError as e:
            return str(e)

    return None


def complain_of_preload(preload: bool, seconds: int, subdomains: bool) -> str | None:
    """Say what the preload list misses, ``None`` if nothing or if it is not asked for.

    It takes one year and all subdomains (https://hstspreload.org).
    """
    if not preload or (seconds >= ONE_YEAR and subdomains):
        return None

    return (
        "STOPPER_HSTS_PRELOAD is True, but the preload list takes only hosts with "
        f"STOPPER_HSTS_MAX_AGE of at least {ONE_YEAR} seconds and "
        "STOPPER_HSTS_SUBDOMAINS set to True. What is on the list stays there for months."
    )
