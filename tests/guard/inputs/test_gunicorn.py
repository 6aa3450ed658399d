"""What a real gunicorn finds wrong with a body only while the view reads it."""

from __future__ import annotations

import socket

import pytest

from servers import folder
from servers import free_port
from servers import gunicorn
from servers import HOST

APP = """\
import os
from flask import Flask, request
from alone import alone
from stopper import Stopper

def build(name, **config):
    app = alone(Flask(name, instance_path=os.environ["HOME"]), "inputs")
    app.config.update(config)

    @app.post("/")
    def index():
        return request.get_data()

    @app.post("/more")
    def more():
        request.max_content_length = 2000
        return request.stream.read()

    @app.post("/form")
    def form():
        return request.form.to_dict()

    Stopper(app)
    return app

enforced = build("enforced", STOPPER_MAX_BODY=1024)
trial = build("trial", STOPPER_MAX_BODY=1024, STOPPER_INPUTS_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01")

def application(environ, start):
    chosen = trial if environ["HTTP_HOST"] == "trial.example" else enforced
    return chosen(environ, start)
"""


@pytest.fixture(scope="module")
def server():
    port = free_port()

    with folder() as home:
        (home / "chunks.py").write_text(APP)

        with gunicorn(home, "chunks:application", port, env={"HOME": str(home)}):
            yield port, home / f"gunicorn-{port}.log"


def send(server, chunks, host="enforced.example", path="/", kind="text/plain"):
    """Return the status and the body that a body in these chunks is answered with."""
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n"
    head += f"Content-Type: {kind}\r\n"

    with socket.create_connection((HOST, server[0]), timeout=10) as wire:
        wire.sendall(f"{head}Connection: close\r\n\r\n{chunks}".encode())
        wire.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: wire.recv(65536), b""))

    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def test_chunks_that_are_written_well_reach_the_view(server):
    assert send(server, "3;a=b\r\none\r\n4\r\n two\r\n0\r\n\r\n") == (200, b"one two")


@pytest.mark.parametrize(
    "chunks",
    [
        "zz\r\nabc\r\n0\r\n\r\n",
        "-1\r\nabc\r\n0\r\n\r\n",
        "3\r\nabcXX0\r\n\r\n",
        "3\r\nabc\r\n0\r\nContent-Length: 5\r\n\r\n",
    ],
    ids=["no number", "negative", "no end", "a length behind it"],
)
def test_chunks_that_no_honest_client_writes_are_refused(server, chunks):
    status, body = send(server, chunks)

    assert (status, b"malformed" in body) == (400, True)
    assert '"bad-chunk", "action": "refused"' in server[1].read_text()


def test_on_trial_they_fail_as_they_did(server):
    assert send(server, "zz\r\n\r\n", "trial.example")[0] == 500
    assert '"bad-chunk", "action": "reported"' in server[1].read_text()


def test_a_body_that_breaks_off_is_no_fault_of_the_app(server):
    assert send(server, "ff\r\nabc")[0] == 400


def sized(size, first=""):
    """Return a body of so many bytes in chunks."""
    text = first + "a" * (size - len(first))
    parts = [text[i : i + 700] for i in range(0, size, 700)]
    return "".join(f"{len(p):x}\r\n{p}\r\n" for p in parts) + "0\r\n\r\n"


@pytest.mark.parametrize(("path", "limit"), [("/", 1024), ("/more", 2000)])
def test_a_body_over_the_limit_is_refused_and_not_cut_off(server, path, limit):
    assert send(server, sized(limit), path=path) == (200, b"a" * limit)
    assert send(server, sized(limit + 1), path=path)[0] == 413
    assert '"body-too-large", "action": "refused"' in server[1].read_text()


def test_a_form_over_the_limit_is_refused_and_not_cut_off(server):
    form = {"path": "/form", "kind": "application/x-www-form-urlencoded"}

    assert send(server, sized(1024, "a="), **form)[0] == 200
    assert send(server, sized(1025, "a="), **form)[0] == 413


def test_on_trial_a_body_over_the_limit_is_an_event_and_whole(server):
    assert send(server, sized(5000), "trial.example") == (200, b"a" * 5000)
    assert '"body-too-large", "action": "reported"' in server[1].read_text()
