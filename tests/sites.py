"""Small sites of sockets, for what no proper server would answer."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from collections.abc import Iterator

Answer = Callable[[str], bytes]

#: The headers that a site has in order.
GOOD = ("Strict-Transport-Security: max-age=63072000; includeSubDomains; preload",)


def reply(status: int, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *headers, "Content-Length: 0", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def to(location: str, *headers: str, status: int = 301) -> bytes:
    return reply(status, f"Location: {location}", *headers)


def served_with(leaf, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Return the context of a server that has this certificate of trustme."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)

    if version is not None:
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = version
        context.maximum_version = version

    return context


@contextlib.contextmanager
def site(
    answer: Answer, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[int]:
    """Serve on a free port until the block ends.

    :param answer: Takes the target of a request and returns the bytes to send, ``b""``
        to hang up. One that waits holds up its own connection alone.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family)
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return

            thread = threading.Thread(target=serve, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    def serve(connection: socket.socket) -> None:
        connection.settimeout(10)

        try:
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True)

            with connection:
                asked = connection.recv(65536)

                if asked:
                    connection.sendall(answer(asked.split(b" ", 2)[1].decode()))
        except (OSError, IndexError, UnicodeError):
            connection.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()

    try:
        yield listener.getsockname()[1]
    finally:
        # A close alone would not wake the thread that accepts.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)

        listener.close()
        thread.join(10)

        for thread in threads:
            thread.join(10)
