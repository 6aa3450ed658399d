"""The addresses of a host, every one of them looked at before one is used."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from ....controls.redirects.networks import Address
from ....controls.redirects.networks import inside
from ....controls.redirects.networks import Network
from .deadline import Deadline
from .error import FetchFailed
from .error import FetchRefused

#: Takes a host, returns its addresses.
Resolver = Callable[[str], Iterable[str]]

#: How many addresses of one host are tried.
MOST_TRIED = 4


def system(host: str) -> list[str]:
    """Ask the system's resolver.

    :raises OSError: If it knows no such host.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def addresses(
    host: str, allow: tuple[Network, ...], resolve: Resolver, deadline: Deadline
) -> list[Address]:
    """Return the addresses of a host.

    :raises FetchRefused: If one of them is no part of the public internet.
    :raises FetchFailed: If there is none.
    """
    try:
        found = [ipaddress.ip_address(host)]
    except ValueError:
        found = _asked(host, resolve, deadline)

    for address in found:
        part = inside(address, allow)

        if part is not None:
            raise FetchRefused(f"{host!r} is part of {part}.")

    return list(dict.fromkeys(found))[:MOST_TRIED]


def _asked(host: str, resolve: Resolver, deadline: Deadline) -> list[Address]:
    answers: queue.SimpleQueue[t.Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put([ipaddress.ip_address(text) for text in resolve(host)])
        except Exception as e:
            answers.put(e)

    # The system's resolver takes no timeout. One that hangs ends with its own.
    threading.Thread(target=ask, name="stopper-resolve", daemon=True).start()

    try:
        found = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise deadline.over() from None

    if isinstance(found, OSError | UnicodeError | ValueError) or found == []:
        raise FetchFailed("The host is not known.") from None

    if isinstance(found, Exception):
        raise found

    return t.cast("list[Address]", found)
