"""hydra against a login, with a list that holds the password."""

from __future__ import annotations

import http.client
import re
import subprocess
import time
from urllib.parse import urlencode

import pytest

from servers import folder
from servers import free_port
from servers import gunicorn
from servers import missing
from servers import program

from .site import ANN
from .site import PASSWORD as SPOKEN

HOST = "127.0.0.1"
#: As SPOKEN, without what hydra would have to quote.
PASSWORD = SPOKEN.replace(" ", "-")

#: Where in the list it is.
AT = 200


@pytest.fixture
def port():
    """A served app, with one process and threads."""
    with folder() as home:
        found = free_port()
        env = {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "ORIGIN": f"http://{HOST}:{found}",
            "ADDRESS": ANN,
            "PASSWORD": PASSWORD,
        }
        app = "guard.accounts.served:build()"

        with gunicorn(home, app, found, "--threads", "4", env=env):
            yield found


def log_in(port: int, source: str = HOST) -> tuple[int, str]:
    """Log in from an address of this machine; return the status and Retry-After."""
    wire = http.client.HTTPConnection(HOST, port, source_address=(source, 0))
    body = urlencode({"address": ANN, "password": PASSWORD})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"http://{HOST}:{port}",
        "Accept": "text/html",
    }

    try:
        wire.request("POST", "/account/login", body, headers)
        answer = wire.getresponse()
        return answer.status, answer.headers.get("Retry-After", "")
    finally:
        wire.close()


def attack(port: int, words: list[str], tmp_path) -> str:
    """Let hydra try a list, and return what it says."""
    hydra = program("hydra") or missing("hydra")
    (tmp_path / "words").write_text("\n".join(words) + "\n")
    origin = rf"H=Origin\: http\://{HOST}\:{port}"
    form = f"/account/login:address=^USER^&password=^PASS^:{origin}:S=next"
    command = [hydra, "-I", "-l", ANN, "-P", str(tmp_path / "words"), "-t", "4"]
    command += ["-w", "5", "-s", str(port), HOST, "http-post-form", form]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    return done.stdout + done.stderr


def test_hydra_gets_in_where_the_list_begins_with_the_password(port, tmp_path):
    # What follows would show nothing if it did not reach the password at all.
    said = attack(port, [PASSWORD], tmp_path)

    assert re.search(rf"login: {ANN}\s+password: {PASSWORD}", said), said


def test_hydra_does_not_get_in_and_the_user_does(port, tmp_path):
    words = [f"guess number {n}" for n in range(AT - 1)]
    said = attack(port, [*words, PASSWORD, "one more"], tmp_path)

    assert "1 of 1 target completed, 0 valid password found" in said, said
    assert log_in(port, "127.0.0.2")[0] == 303
    status, wait = log_in(port)
    assert status == 429
    time.sleep(int(wait))
    assert log_in(port)[0] == 303
