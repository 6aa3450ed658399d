"""A connection to an address that was looked at, and to no other."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import typing as t
from collections.abc import Iterator
from collections.abc import Mapping

from ....controls.redirects.networks import Address
from .deadline import Deadline
from .deadline import Timed
from .error import FetchFailed
from .error import FetchRefused
from .target import Target


@contextlib.contextmanager
def connected(
    target: Target, found: list[Address], deadline: Deadline, tls: ssl.SSLContext
) -> Iterator[Timed]:
    """Connect to one of the addresses; with https, verify that it has the host's name.

    :raises FetchFailed: If none answers, or its certificate is not good.
    """
    sock = _first(target.port, found, deadline)

    try:
        if target.scheme == "https":
            sock.settimeout(deadline.left())
            sock = tls.wrap_socket(sock, server_hostname=target.host)

        yield Timed(sock, deadline)
    except ssl.SSLCertVerificationError as e:
        raise FetchFailed(
            f"The host's certificate is not good: {e.verify_message}."
        ) from None
    except TimeoutError:
        raise deadline.over() from None
    except (OSError, http.client.HTTPException) as e:
        raise FetchFailed(
            f"The host does not speak as it should: {type(e).__name__}."
        ) from None
    finally:
        sock.close()


def _first(port: int, found: list[Address], deadline: Deadline) -> socket.socket:
    failed: OSError | None = None

    for address in found:
        try:
            return _open(address, port, deadline)
        except OSError as e:
            failed = e

    deadline.left()
    raise FetchFailed("The host does not answer.") from failed


def _open(address: Address, port: int, deadline: Deadline) -> socket.socket:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_STREAM)

    try:
        sock.settimeout(deadline.left())
        sock.connect((str(address), port))
        peer = ipaddress.ip_address(sock.getpeername()[0])
    except BaseException:
        sock.close()
        raise

    if peer != address:
        sock.close()
        raise FetchRefused("The connection leads elsewhere than it was made to.")

    return sock


def exchange(
    timed: Timed,
    target: Target,
    method: str,
    data: bytes | None,
    headers: Mapping[str, str],
) -> http.client.HTTPResponse:
    """Send a request and return the answer, of which only the headers were read."""
    connection = http.client.HTTPConnection(target.netloc)
    # No proxy, no resolver: this socket and nothing else.
    connection.sock = t.cast(t.Any, timed)
    connection.auto_open = 0
    connection.putrequest(
        method, target.path, skip_host=True, skip_accept_encoding=True
    )
    connection.putheader("Host", target.netloc)
    connection.putheader("Connection", "close")

    # What arrives is as long as it was sent: nothing unpacks.
    for name, value in {"Accept-Encoding": "identity", **headers}.items():
        connection.putheader(name, value)

    if data is not None:
        connection.putheader("Content-Length", str(len(data)))

    connection.endheaders(data)
    return connection.getresponse()
