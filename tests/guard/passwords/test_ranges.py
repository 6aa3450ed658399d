"""Stolen passwords are looked up by five letters, late, briefly, and fail open."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer

import pytest

from stopper.catalogue.error import SettingError
from stopper.catalogue.event import Action

STOLEN = "a ship sailed from a harbour"
OTHER = "correct horse battery staple"


def letters(password):
    return hashlib.sha1(password.encode()).hexdigest().upper()


@contextlib.contextmanager
def service(answer):
    """Serve the answers of ``answer``, which takes a request, and keep what was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            status, body = answer(self)

            with contextlib.suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()

    try:
        yield f"http://127.0.0.1:{server.server_port}/range/", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def lists(*passwords, times=3):
    """Answer as the service does: suffixes and how often each was stolen, padded."""
    lines = [f"{letters(p)[5:]}:{times}" for p in passwords]
    lines += [f"{letters(str(n))[5:]}:0" for n in range(50)]
    return lambda handler: (200, "\r\n".join(lines).encode())


def complaints(passwords, password):
    return [c.name for c in passwords.complaints(password, alone=True)]


def test_nobody_is_asked_by_default(made):
    assert complaints(made(), STOLEN) == []


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_stolen_password_is_refused_and_five_letters_are_told(made, slash):
    with service(lists(STOLEN)) as (url, asked):
        passwords = made(STOPPER_PASSWORD_RANGE_URL=url.rstrip("/") + slash)

        assert complaints(passwords, STOLEN) == ["breached"]
        assert complaints(passwords, OTHER) == []

    [path, headers], _ = asked

    assert path == f"/range/{letters(STOLEN)[:5]}"
    assert headers["Add-Padding"] == "true"
    assert letters(STOLEN)[5:] not in repr(asked)
    assert "Cookie" not in headers


def test_what_stands_there_to_pad_is_not_stolen(made):
    with service(lists(STOLEN, times=0)) as (url, _):
        assert complaints(made(STOPPER_PASSWORD_RANGE_URL=url), STOLEN) == []


def test_it_is_asked_about_nothing_that_is_refused_anyway(made):
    with service(lists(STOLEN)) as (url, asked):
        passwords = made(STOPPER_PASSWORD_RANGE_URL=url)
        found = [complaints(passwords, p) for p in ("short", "password1password1")]

    assert found == [["too-short"], ["common"]]
    assert asked == []


def test_a_login_asks_nobody(made):
    with service(lists(STOLEN)) as (url, asked):
        passwords = made(STOPPER_PASSWORD_RANGE_URL=url)
        assert passwords.verify(passwords.hash(STOLEN), STOLEN).right

    assert asked == []


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: (503, b"down"),
        lambda handler: (302, b""),
        lambda handler: (200, b"x" * 2_000_000),
        lambda handler: time.sleep(1) or (200, b""),
    ],
    ids=["down", "redirect", "endless", "slow"],
)
def test_a_service_that_fails_keeps_nobody_out_and_is_told(made, happened, answer):
    with service(answer) as (url, _):
        passwords = made(
            STOPPER_PASSWORD_RANGE_URL=url, STOPPER_PASSWORD_RANGE_TIMEOUT=0.3
        )
        start = time.perf_counter()

        assert complaints(passwords, STOLEN) == []
        assert time.perf_counter() - start < 0.9

    assert [(e.control, e.name, e.action) for e in happened] == [
        ("passwords", "range-not-asked", Action.FAILED)
    ]
    assert letters(STOLEN)[:5] not in repr(happened)


def test_one_that_is_away_keeps_nobody_out(made, happened):
    with service(lists()) as (url, _):
        pass

    assert complaints(made(STOPPER_PASSWORD_RANGE_URL=url), STOLEN) == []
    assert [e.name for e in happened] == ["range-not-asked"]


def test_one_that_failed_is_left_alone_for_a_while(made, happened, clock):
    with service(lambda handler: (503, b"")) as (url, asked):
        passwords = made(STOPPER_PASSWORD_RANGE_URL=url)

        for _ in range(3):
            complaints(passwords, STOLEN)

        clock.now += 31
        complaints(passwords, STOLEN)

    assert len(asked) == len(happened) == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example/range/",
        "ftp://api.example/",
        "api.example",
        "https://",
        "https://user:word@api.example/",
        "https://api.example/?key=1",
        "https://api.example:x/",
    ],
)
def test_no_other_address_is_taken(made, url):
    with pytest.raises(SettingError, match="STOPPER_PASSWORD_RANGE_URL"):
        made(STOPPER_PASSWORD_RANGE_URL=url)
