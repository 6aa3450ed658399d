"""What no honest client sends: it works on a bare app, and stops at the guard."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask import request

import stopper
from alone import alone
from bare import client
from bare import rules
from servers import die_with_parent
from servers import free_port
from servers import HOST
from servers import PATIENCE
from stopper import Stopper

SITE = """\
from flask import Flask
from flask import request
from stopper import Stopper
from stopper.controls import CONTROLS

def create(guarded):
    app = Flask("site_of_test", instance_path={instance!r})
    app.config.update({{c.mode.key: "off" for c in CONTROLS if "off" in c.modes}})
    app.config["STOPPER_INPUTS_MODE"] = "enforce" if guarded else "off"
    Stopper(app)

    @app.route("/", defaults={{"path": ""}}, methods=["GET", "POST", "TRACE"])
    @app.route("/<path:path>", methods=["GET", "POST", "TRACE"])
    def index(path):
        size = len(request.get_data())
        return {{"path": path, "method": request.method, "size": size}}

    return app

bare, guarded = create(False), create(True)
"""


def app_of(tmp_path, guarded):
    app = Flask("boats", instance_path=str(tmp_path / "instance"))
    alone(app, "inputs")
    database = tmp_path / "boats.sqlite"

    with closing(sqlite3.connect(database)) as c:
        c.execute("CREATE TABLE boat (name TEXT)")

    @app.get("/notes/<name>")
    def note(name):
        # The check sees `.txt`; a library in C sees what stands before the NUL.
        assert name.endswith(".txt")
        return {"opened": name.split("\0")[0]}

    @app.post("/boats")
    def add():
        with closing(sqlite3.connect(database)) as c:
            c.execute("INSERT INTO boat VALUES (?)", [request.form["name"]])
            # SQLite's own functions end the text at the NUL: two boats, one name.
            return {"length": c.execute("SELECT length(name) FROM boat").fetchone()[0]}

    if guarded:
        Stopper(app)

    return app.test_client()


def test_a_nul_in_a_path_ends_the_name_of_a_file(tmp_path):
    bare = app_of(tmp_path, False).get("/notes/secret.key%00.txt")

    assert bare.json == {"opened": "secret.key"}
    (tmp_path / "b").mkdir()
    answer = app_of(tmp_path / "b", True).get("/notes/secret.key%00.txt")
    assert answer.status_code == 400


def test_a_nul_in_a_field_makes_the_database_see_another_text(tmp_path):
    name = {"name": "admin\0 and more"}

    assert app_of(tmp_path, False).post("/boats", data=name).json == {"length": 5}
    (tmp_path / "b").mkdir()
    assert app_of(tmp_path / "b", True).post("/boats", data=name).status_code == 400


def listens(port):
    with socket.socket() as s:
        return s.connect_ex((HOST, port)) == 0


@contextlib.contextmanager
def gunicorn(home, name):
    """Run an app of the site behind a real gunicorn; not as somebody else, whom our
    interpreter may be closed to."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "-b",
            f"{HOST}:{port}",
            f"site_of_test:{name}",
        ],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(Path(stopper.__file__).parent.parent)},
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )

    try:
        until = time.monotonic() + PATIENCE

        while not listens(port):
            assert process.poll() is None, "gunicorn did not start"
            assert time.monotonic() < until, "gunicorn does not answer"
            time.sleep(0.05)

        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    """A bare and a guarded app behind real gunicorns."""
    pytest.importorskip("gunicorn")
    home = tmp_path_factory.mktemp("site")
    (home / "site_of_test.py").write_text(SITE.format(instance=str(home / "instance")))

    with gunicorn(home, "bare") as bare, gunicorn(home, "guarded") as guarded:
        yield {"bare": bare, "guarded": guarded}


def status(port, lines):
    with socket.create_connection((HOST, port), timeout=10) as s:
        s.sendall(lines)
        s.shutdown(socket.SHUT_WR)
        return int(s.recv(65536).split(b" ")[1])


PASSES_GUNICORN = {
    "two codings": b"POST / HTTP/1.1\r\nHost: a\r\n"
    b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
    "another host in the line": b"GET http://evil/x HTTP/1.1\r\nHost: a\r\n\r\n",
    "NUL in the path": b"GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n",
    "half encoded": b"GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "broken UTF-8": b"GET /a%ff HTTP/1.1\r\nHost: a\r\n\r\n",
    "TRACE": b"TRACE / HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\n\r\n",
    "cookies": b"GET / HTTP/1.1\r\nHost: a\r\n"
    + b"Cookie: a=%s\r\n" % (b"a" * 8000) * 5
    + b"\r\n",
}

STOPPED_BY_GUNICORN = {
    "both lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "plus": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
    "folded": b"GET / HTTP/1.1\r\nHost: a\r\nX-A: a\r\n b\r\n\r\n",
    "two host lines": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
}


@pytest.mark.parametrize("shape", PASSES_GUNICORN)
def test_what_passes_gunicorn_stops_at_the_guard(ports, shape):
    lines = PASSES_GUNICORN[shape]

    assert status(ports["bare"], lines) == 200
    assert status(ports["guarded"], lines) in (400, 405, 431)


@pytest.mark.parametrize("shape", STOPPED_BY_GUNICORN)
def test_what_gunicorn_stops_itself_is_stopped(ports, shape):
    assert status(ports["guarded"], STOPPED_BY_GUNICORN[shape]) == 400


def test_honest_requests_pass_both(ports):
    lines = (
        b"POST /caf%C3%A9?q=a%20b HTTP/1.1\r\nHost: a.example:8000\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    )

    assert [status(port, lines) for port in ports.values()] == [200, 200]


LOG = """
import logging
from flask import Flask, request
app = Flask(__name__)
log = logging.getLogger("boats")

@app.post("/")
def view():
    log.warning("no such user: HOLE", request.json["name"])
    return "Try again."
"""


def lines_of(source):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger("boats").addHandler(handler)

    try:
        name = "x\nWARNING ada logged in"
        client(source).post("/", json={"name": name})
    finally:
        logging.getLogger("boats").removeHandler(handler)

    return written.getvalue().splitlines()


def test_a_line_end_in_a_value_begins_a_line_of_the_log():
    source = LOG.replace("HOLE", "%s")
    assert lines_of(source)[1] == "WARNING ada logged in"
    assert "log-injection" in rules(source)


def test_what_is_written_out_is_one_line_and_is_silent():
    source = LOG.replace("HOLE", "%r")
    assert len(lines_of(source)) == 1
    assert "log-injection" not in rules(source)


MAIL = """
import smtplib
from email.message import EmailMessage
from flask import Flask, request
app = Flask(__name__)

@app.post("/")
def view():
    title = request.json["title"]

    with smtplib.SMTP("127.0.0.1", PORT) as server:
        SEND

    return "Sent."
"""


@contextlib.contextmanager
def mailbox():
    """Serve SMTP for one client; give the port, and what came."""
    came = []

    def serve(listener):
        with listener.accept()[0] as peer, peer.makefile("rwb") as stream:
            stream.write(b"220 here\r\n")
            stream.flush()

            for line in stream:
                came.append(line.decode().rstrip("\r\n"))
                word = line[:4].upper()
                mail = word == b"DATA"
                inside = "DATA" in came and "." not in came
                stream.write(
                    b"354 go on\r\n" if mail else b"" if inside else b"250 ok\r\n"
                )
                stream.flush()

                if word == b"QUIT":
                    return

    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1], came
        thread.join(PATIENCE)


EVIL_TITLE = {"title": "Boats\nBcc: everyone@example.com"}


def test_a_line_end_in_a_mails_header_begins_another():
    send = """server.sendmail("us@x.example", "you@x.example", f"Subject: {title}\\n\\nCome!")"""
    source = MAIL.replace("SEND", send)

    with mailbox() as (port, came):
        client(source, PORT=port).post("/", json=EVIL_TITLE)

    assert "Bcc: everyone@example.com" in came
    assert "mail-header-injection" in rules(source)


def test_a_message_refuses_the_line_end_and_is_silent():
    send = """mail = EmailMessage()
        mail["Subject"] = title
        server.send_message(mail, "us@x.example", "you@x.example")"""
    source = MAIL.replace("SEND", send)

    with mailbox() as (port, came):
        answer = client(source, PORT=port).post("/", json=EVIL_TITLE)

    assert answer.status_code == 500
    assert "Bcc: everyone@example.com" not in came
    assert "mail-header-injection" not in rules(source)


PATTERN = """
import re
from flask import Flask, request
app = Flask(__name__)
NAMES = ["a" * 26 + "!"]

@app.get("/")
def view():
    like = request.args["like"]
    return {"names": [n for n in NAMES if re.search(EXPRESSION, n)]}
"""


def seconds_of(source):
    began = time.process_time()
    client(source).get("/", query_string={"like": "^(a+)+$"})
    return time.process_time() - began


def test_a_pattern_takes_longer_than_anyone_waits_and_an_escaped_one_does_not():
    chosen = PATTERN.replace("EXPRESSION", "like")
    escaped = PATTERN.replace("EXPRESSION", "re.escape(like)")

    assert seconds_of(chosen) > 20 * seconds_of(escaped)
    assert "chosen-pattern" in rules(chosen)
    assert "chosen-pattern" not in rules(escaped)


ASSIGN = """
from flask import Flask, request
app = Flask(__name__)

class User:
    name, admin = "eve", False

user = User()

@app.patch("/")
def view():
    for name, value in request.json.items():
        if CONDITION:
            setattr(user, name, value)

    return {"admin": user.admin}
"""


def test_a_key_of_a_request_sets_what_no_form_shows():
    source = ASSIGN.replace("CONDITION", "value")
    answer = client(source).patch("/", json={"name": "Eve", "admin": True})
    assert answer.json == {"admin": True}
    assert "mass-assignment" in rules(source)


def test_a_key_that_is_looked_up_sets_what_is_listed_and_is_silent():
    source = ASSIGN.replace("CONDITION", 'name in ("name", "motto")')
    answer = client(source).patch("/", json={"name": "Eve", "admin": True})
    assert answer.json == {"admin": False}
    assert "mass-assignment" not in rules(source)
