"""The notes app, for the test client and for a browser."""

from __future__ import annotations

import contextlib
import importlib
import ssl
import struct
import threading
import typing as t
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.serving import WSGIRequestHandler

from stopper.cli import certificate
from stopper.cli.devcert import write

ROOT = Path(__file__).parents[2] / "examples" / "notes"


class Quiet(WSGIRequestHandler):
    """Serves without a line in the log for each request."""

    def log_request(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def make_notes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> t.Callable[..., Flask]:
    """Return what makes a notes app with a folder of its own."""
    monkeypatch.syspath_prepend(str(ROOT))

    def make(**settings: object) -> Flask:
        notes = importlib.import_module("notes")
        # stopper.testing.mails collects what would be sent.
        made = notes.create_app(settings, str(tmp_path / "instance"), lambda mail: None)
        return t.cast(Flask, made)

    return make


@pytest.fixture(scope="session")
def pair_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a development certificate."""
    folder = tmp_path_factory.mktemp("devcert")
    write(certificate.make(), folder)
    return folder


@pytest.fixture
def served(pair_folder: Path) -> t.Callable[[Flask], t.ContextManager[str]]:
    """Return what serves an app over HTTPS on localhost, and says where."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair_folder / "cert.pem", pair_folder / "key.pem")

    @contextlib.contextmanager
    def serve(app: Flask) -> Iterator[str]:
        server = make_server(
            "127.0.0.1",
            0,
            app,
            threaded=True,
            ssl_context=context,
            request_handler=Quiet,
        )
        origin = f"https://localhost:{server.server_port}"
        app.config["STOPPER_ORIGIN"] = origin
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()

        try:
            yield origin
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    return serve


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    whole = kind + data
    return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))


def drawn(width: int = 8, height: int = 8, *more: bytes) -> bytes:
    """Return a PNG of one colour, with ``more`` chunks in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x0f\x76\x6e" * width) * height)
    chunks = [chunk(b"IHDR", header), *more, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture
def png() -> t.Callable[..., bytes]:
    """Return what draws a PNG."""
    return drawn


@pytest.fixture
def png_chunk() -> t.Callable[[bytes, bytes], bytes]:
    """Return what makes a chunk of a PNG."""
    return chunk
