"""The page for newcomers: its app is put together, served, and its commands are run."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import shlex
import subprocess
import sys
import typing as t
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import stopper
from servers import free_port
from stopper.audit.options import Options
from stopper.audit.session import run

PAGE = Path(__file__).parents[1] / "docs" / "accounts.md"
BLOCK = re.compile(r"^```(py|html\+jinja|console)\n(.*?)^```$", re.M | re.S)
FILE = re.compile(r"^(?:# file: (\S+)|\{# file: (\S+) #\})\n")

ANN, PASSWORD = "ann@example.org", "seven lamps on the quay"


def blocks() -> list[tuple[str, str]]:
    return BLOCK.findall(PAGE.read_text("utf-8"))


def files() -> dict[str, str]:
    """Return the files of the page; what names none goes on with `app.py`."""
    found: dict[str, str] = {}

    for kind, text in blocks():
        if kind == "console":
            continue

        named = FILE.match(text)
        name = (named[1] or named[2]) if named else "app.py"
        found[name] = found.get(name, "") + FILE.sub("", text) + "\n\n"

    return found


def commands(beginning: str) -> list[list[str]]:
    """Return the commands of the page that begin so."""
    lines = [
        line
        for kind, text in blocks()
        if kind == "console"
        for line in text.split("\n")
    ]
    return [
        shlex.split(line[2:]) for line in lines if line.startswith(f"$ {beginning}")
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, "utf-8")

    return tmp_path


def environment(**more: str) -> dict[str, str]:
    found = {k: v for k, v in os.environ.items() if not k.startswith("FLASK_")}
    source = str(Path(stopper.__file__).parents[1])
    key = "of this test alone, and long enough"
    return found | {"PYTHONPATH": source, "FLASK_SECRET_KEY": key} | more


def done(folder: Path, *command: str, **more: str) -> str:
    """Run a module of Python, and return what it prints."""
    ran = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


class Visitor:
    """A browser, as far as forms go."""

    def __init__(self, home: str) -> None:
        self.home = home
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(jar), urllib.request.ProxyHandler({})
        )

    def ask(self, path: str, headers: t.Any = (), **form: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        sent = {"Accept": "text/html", "Origin": self.home, **dict(headers)}
        asked = urllib.request.Request(self.home + path, data, sent)

        with self._opener.open(asked, timeout=20) as answer:
            return t.cast(str, answer.read().decode())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[str, t.IO[str]]]:
    """Serve the app as the page says; give its address and what it prints."""
    port = free_port()
    (command,) = commands("flask run")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", *command, "--no-reload", "--port", str(port)],
        cwd=folder,
        env=environment(FLASK_DEBUG="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    with process:
        try:
            printed = t.cast("t.IO[str]", process.stdout)
            until(printed, r"Running on")
            yield f"http://localhost:{port}", printed
        finally:
            process.terminate()


def until(printed: t.IO[str], pattern: str) -> str:
    """Read lines until one holds a pattern, and return what it found."""
    said = []

    for line in printed:
        said.append(line)

        if found := re.search(pattern, line):
            return found[0]

    pytest.fail("".join(said))


def test_a_newcomer_gets_from_nothing_to_roles_and_keys(folder: Path) -> None:
    with serving(folder) as (home, printed):
        ann = Visitor(home)
        assert "open an account" in ann.ask("/")
        ann.ask("/account/register", address=ANN, password=PASSWORD)
        link = until(printed, rf"{home}/account/verify/\S+")
        assert "<h1>Verify your address</h1>" in ann.ask(link.removeprefix(home))
        token = link.rpartition("/")[2]
        ann.ask("/account/verify/link", token=token)
        assert f"Hello {ANN}" in ann.ask(
            "/account/login", address=ANN, password=PASSWORD
        )
        assert json.loads(ann.ask("/me"))["address"] == ANN

        assert "Log out</button>" in ann.ask("/account/")

        for command in commands("flask stopper roles"):
            done(folder, *command, FLASK_DEBUG="1")

        assert ann.ask("/drafts") == "What editors see."
        # The role has to have a second factor, from the next login on.
        again = Visitor(home)
        said = again.ask("/account/login", address=ANN, password=PASSWORD)
        assert "Your role needs a second factor." in said

        (command,) = commands("flask stopper keys")
        said = done(folder, *command, FLASK_DEBUG="1")
        key = re.search(r"\bstp_\w+", said)[0]
        (curl,) = commands("curl")
        name, _, value = curl[curl.index("-H") + 1].partition(": ")
        headers = {name: value.replace("stp_…", key), "Accept": "*/*"}
        path = urllib.parse.urlsplit(curl[-1]).path
        listed = json.loads(Visitor(home).ask(path, headers))
        assert listed["notes"] == []


def test_the_test_of_the_page_passes(folder: Path) -> None:
    assert "1 passed" in done(folder, "pytest", "-q", "-p", "no:cacheprovider")


def test_the_app_of_the_page_has_nothing_to_mend(folder: Path) -> None:
    report = run([folder], Options())

    assert [(f.finding.rule.name, f.finding.place) for f in report.findings] == []


ADAPTER = """
from app import app, stopper
from flask import Flask
from members import Members
from models import Base
from sqlalchemy import create_engine
from stopper import Stopper
from stopper.accounts import Accounts, current_user
from stopper.guard.tables import schema
from stopper.testing import client, mails
import re

engine = create_engine("sqlite:///members.sqlite")
Base.metadata.create_all(engine)
schema.upgrade(engine)
app = Flask("members")
app.testing = True
app.secret_key = "of this test alone, and long enough"
stopper = Stopper(app)
Accounts(app, people=Members(), engine=lambda: engine)
app.get("/me")(stopper.requires()(lambda: f"{current_user.id} {current_user.address}"))
ANN = {"address": "Ann@Example.org", "password": "seven lamps on the quay"}
OLD, NEW = ANN["password"], "a kettle full of stars"


def token(sent):
    return re.search(r"/account/\\S+/([\\w-]{43})", sent[0].get_content())[1]


def posted(path, **data):
    with mails(app) as sent:
        answer = browser.post(f"/account/{path}", data=data)
        assert answer.status_code in (200, 303), (path, answer.text)
        return list(sent)


browser = client(app)
sent = posted("register", **ANN)
posted("verify/link", token=token(sent))
(told,) = posted("register", address="ann@example.org", password=NEW)
assert "/verify/" not in told.get_content()
posted("login", **ANN)
assert browser.get("/me").text == "1 ann@example.org"
posted("password", current=OLD, password=NEW)
sent = posted("address", address="ann@elsewhere.example", password=NEW)
link = next(m for m in sent if m["To"] == "ann@elsewhere.example")
posted("address/new/link", token=token([link]))
assert browser.get("/me").text == "1 ann@elsewhere.example"
posted("close", password=NEW)
assert browser.get("/me").status_code == 401
engine.dispose()
print("all of it")
"""


def test_users_of_the_apps_own_go_through_every_flow(folder: Path) -> None:
    (folder / "flows.py").write_text(ADAPTER, "utf-8")

    assert "all of it" in done(folder, "flows")
