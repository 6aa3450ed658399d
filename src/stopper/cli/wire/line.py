"""A connection that ends in time, whatever the other side does."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import typing as t

from ...catalogue.error import StopperError

#: How many addresses of one name are tried.
MOST_ADDRESSES = 4

#: Bytes of an answer's head that are read. Servers commonly stop at 8 to 64 KiB.
MOST_BYTES = 64 * 1024

#: Answers that announce another one (RFC 9110, 15.2), before it is no HTTP any more.
MOST_INTERIM = 5


class Unreached(StopperError):
    """Nothing answers there, or not in time."""


class Garbled(StopperError):
    """Something answers there, and it does not speak the protocol."""


class Patience:
    """How long to wait: for one step, and for all of them.

    :param step: Seconds.
    :param total: Seconds.
    """

    def __init__(self, step: float, total: float) -> None:
        self._step = step
        self._end = time.monotonic() + total

    def until(self) -> float:
        """Return when a step that begins now has to be over."""
        return min(time.monotonic() + self._step, self._end)


def left(until: float) -> float:
    """Return the seconds that are left.

    :raises TimeoutError: If there are none.
    """
    found = until - time.monotonic()

    if found <= 0:
        raise TimeoutError

    return found


def dial(host: str, port: int, until: float, address: str = "") -> socket.socket:
    """Return a connection.

    :param address: Where to connect in place of where the name leads.
    :raises Unreached: If there is none, with the reason.
    """
    reason = "it has no address"

    try:
        for family, kind, protocol, _, place in _places(address or host, port, until):
            connection = socket.socket(family, kind, protocol)

            try:
                connection.settimeout(left(until))
                connection.connect(place)
            except OSError as e:
                connection.close()
                reason = _reason(e)
            else:
                return connection
    except TimeoutError as e:
        raise Unreached(_reason(e)) from e

    raise Unreached(reason)


def _places(host: str, port: int, until: float) -> list[t.Any]:
    """Return where a name leads; the system's own resolver knows of no deadline."""
    found: list[t.Any] = []
    failed: list[str] = []

    def ask() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as e:
            failed.append(f"its name leads nowhere: {e.args[-1]}")

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(left(until))

    if failed:
        raise Unreached(failed[0])

    if thread.is_alive():
        raise TimeoutError

    return found[:MOST_ADDRESSES]


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"

    return error.strerror or type(error).__name__


def secured(
    connection: socket.socket, context: ssl.SSLContext, host: str, until: float
) -> ssl.SSLSocket:
    """Return the connection after the handshake.

    :raises ssl.SSLError: If there is none.
    :raises OSError: If the other side hangs up or takes too long.
    """
    try:
        connection.settimeout(left(until))
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def head(connection: socket.socket, until: float) -> tuple[int, list[tuple[str, str]]]:
    """Return status and headers of the answer; its content is not read.

    :raises TimeoutError: If it does not come in time.
    :raises Unreached: If it breaks off.
    :raises Garbled: If it is no answer of HTTP/1, or too long.
    """
    data = b""

    for _ in range(MOST_INTERIM):
        while b"\r\n\r\n" not in data and b"\n\n" not in data:
            data += _more(connection, until, bool(data))

            if len(data) > MOST_BYTES:
                raise Garbled(f"its answer has more than {MOST_BYTES} bytes of headers")

            if data[:5] != b"HTTP/"[: len(data)]:
                raise Garbled("its answer is no HTTP")

        end = b"\r\n\r\n" if b"\r\n\r\n" in data else b"\n\n"
        first, _, data = data.partition(end)
        status, headers = _read(first.decode("latin-1"))

        if status >= 200:
            return status, headers

    raise Garbled("its answers announce others, and none comes")


def _more(connection: socket.socket, until: float, begun: bool) -> bytes:
    try:
        connection.settimeout(left(until))
        found = connection.recv(8192)
    except TimeoutError:
        raise
    except OSError as e:
        raise Unreached(_reason(e)) from e

    if not found:
        said = "it hangs up in the middle" if begun else "it hangs up without an answer"
        raise Unreached(said)

    return found


def _read(text: str) -> tuple[int, list[tuple[str, str]]]:
    first, *lines = text.split("\n")
    words = first.split(None, 2)

    if len(words) < 2 or len(words[1]) != 3 or not words[1].isdecimal():
        raise Garbled("its answer is no HTTP")

    pairs = [line.partition(":") for line in lines if ":" in line]
    return int(words[1]), [(n.strip().lower(), v.strip()) for n, _, v in pairs]
