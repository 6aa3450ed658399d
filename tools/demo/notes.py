"""The notes app, served over HTTPS with Stopper on."""

from __future__ import annotations

import contextlib
import http.client
import signal
import ssl
import sys
import threading
import typing as t
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from werkzeug.serving import make_server
from werkzeug.serving import WSGIRequestHandler

from stopper.catalogue.error import StopperError
from stopper.cli import certificate
from stopper.cli import devcert

APP = Path(__file__).resolve().parents[2] / "examples" / "notes"

#: The headers that the last step shows.
SHOWN = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Cache-Control",
)


class Quiet(WSGIRequestHandler):
    """Leaves the terminal to what is said here."""

    def log_request(self, *args: object) -> None:
        """Say nothing."""


def keep_certificate(folder: Path) -> None:
    """Keep a development certificate in ``folder``: trusted once, it is used again."""
    if devcert.in_the_way(folder) is None:
        devcert.write(certificate.make(), folder)


def serve_notes(console: Console, build: Path) -> bool:
    """Serve the notes app with Stopper on, over HTTPS."""
    sys.path.insert(0, str(APP))
    from notes import create_app

    pair = build / "devcert"

    try:
        keep_certificate(pair)
    except (StopperError, OSError) as e:
        console.print(f"[red]{escape(str(e))}[/]")
        return False

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pair / "cert.pem", pair / "key.pem")
    app = create_app(instance_path=str(build / "instance"), mail=postman(console))
    # Werkzeug's server is for development; a real one stands behind gunicorn or uWSGI.
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, ssl_context=tls, request_handler=Quiet
    )
    origin = f"https://localhost:{server.server_port}"
    app.config["STOPPER_ORIGIN"] = origin
    address = f"{origin}/"
    console.print(
        f"Notes runs at [bold]{address}[/] with Stopper(app), every control on."
    )
    console.print(
        "[dim]By Werkzeug's development server, which is not for production.[/]"
    )

    with server_running(server) as thread:
        if sys.stdin.isatty() and sys.stdout.isatty():
            return wait(console, thread, pair / "ca.pem", address)

        return fetch_own_page(console, server.server_port, pair / "ca.pem")


def postman(console: Console) -> t.Callable[[EmailMessage], None]:
    """Return what shows a mail on the terminal in the place of sending it."""

    def show(message: EmailMessage) -> None:
        to, subject = escape(str(message["To"])), escape(str(message["Subject"]))
        console.print(f"\n[bold]Mail to {to}: {subject}[/]")
        console.print(escape(message.get_content()))

    return show


@contextlib.contextmanager
def server_running(server: t.Any) -> Iterator[threading.Thread]:
    """Serve until the end of the ``with`` block."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()

    try:
        yield thread
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait(console: Console, thread: threading.Thread, ca: Path, address: str) -> bool:
    """Say how to trust the certificate, and serve until Ctrl-C."""
    # A shell that starts it in the background would have it pass over Ctrl-C, and the
    # end of a supervisor is as clean.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)

    near = ca.relative_to(Path.cwd()) if ca.is_relative_to(Path.cwd()) else ca

    with contextlib.suppress(KeyboardInterrupt):
        console.print(
            f"\nTo trust its certificate: curl --cacert {near} {address}\n"
            f"or add {near} to the authorities of the browser; it can vouch for "
            "localhost alone. `stopper devcert` says how.\n\nJoin with any address: the "
            "mail with the link is shown here, and sent nowhere.\n\nCtrl-C ends it."
        )

        while thread.is_alive():
            thread.join(1)

    console.print("\nStopped.")
    return True


def fetch_own_page(console: Console, port: int, ca: Path) -> bool:
    """Fetch the page as a client that trusts the authority, and show what came."""
    # Without a proxy: it is this machine that answers.
    trusting = ssl.create_default_context(cafile=ca)
    there = http.client.HTTPSConnection("localhost", port, timeout=30, context=trusting)

    with contextlib.closing(there):
        there.request("GET", "/")
        answer = there.getresponse()
        page = answer.read()

    console.print(
        f"\nGET /  {answer.status} {answer.reason}, {len(page)} bytes, TLS verified"
    )

    for name in SHOWN:
        for value in answer.headers.get_all(name, ()):
            console.print(f"  [bold]{name}[/]: {escape(value)}")

    policy = answer.headers.get("Content-Security-Policy", "")

    if answer.status != 200 or "script-src 'nonce-" not in policy:
        console.print("[red]This is not the page that was expected.[/]")
        return False

    return True
