"""What is built is whole, and does without what it says it can do without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import stopper
from stopper.cli.flask import ACCOUNTS

PACKAGE = Path(stopper.__file__).parent
ROOT = PACKAGE.parent.parent

EXTRA = tuple(sorted(ACCOUNTS))

#: Stands before a program that has none of it.
WITHOUT = f"""\
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRA!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Nothing())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built of a copy of what is in this folder."""
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(out),
    ]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder in which the wheel is unpacked, as an installer would do."""
    folder = tmp_path_factory.mktemp("installed")

    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)

    return folder


def run(program, folder, cwd):
    """Run a program for which the package is in a folder; return what it prints."""
    env = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_has_every_file_of_the_package(wheel):
    there = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())

    assert there - names == set()
    assert {n for n in names if n.startswith("stopper/")} - there == set()
    # So that the list above is one of something.
    for end in (".html", ".txt", ".css", ".js", ".bin", ".mako", ".md", ".toml"):
        assert [name for name in there if name.endswith(end)], end


def test_what_is_installed_has_its_pages_tables_and_lists(installed, tmp_path):
    said = run(
        """\
import stopper
from flask import Flask
from stopper.accounts import Accounts
from stopper.guard.passwords.blocklist import blocklist
from stopper.guard.tables import schema
from stopper.testing import client, mails

app = Flask("notes")
app.config.update(TESTING=True, SECRET_KEY="4b1f09c2d7e8a635", STOPPER_ORIGIN="https://a.example")
stopper_ = stopper.Stopper(app)
Accounts(app)
browser = client(app)
facts = {"address": "ann@a.example", "password": "seven lamps on the quay"}

with mails(app) as sent:
    print(browser.post("/account/register", data=facts).status_code)

print(browser.get("/account/static/accounts.css").status_code)
print(browser.get("/account/static/passkeys.js").status_code)
print(len(sent), "password1234" in blocklist(), schema.revisions())
print(stopper.__file__)
""",
        installed,
        tmp_path,
    ).split("\n")

    assert said[:4] == ["200", "200", "200", "1 True ('0001',)"]
    assert said[4].startswith(str(installed))


def test_the_base_install_needs_nothing_of_the_extra(installed, tmp_path):
    said = run(
        WITHOUT
        + """\
from flask import Flask
from stopper import Stopper, current_key
from stopper.cli.flask import group

app = Flask("notes")
app.config.update(TESTING=True, SECRET_KEY="4b1f09c2d7e8a635")
stopper = Stopper(app)
app.get("/")(stopper.public(lambda: "hello"))
print(app.test_client().get("/").text)

for command in (["--help"], ["settings"], ["routes"], ["users", "--help"]):
    print(app.test_cli_runner().invoke(group, command).exit_code)

found = app.test_cli_runner().invoke(group, ["users", "list"])
print(found.exit_code, found.output)
""",
        installed,
        tmp_path,
    ).split("\n")

    assert said[:5] == ["hello", "0", "0", "0", "0"]
    assert said[5].startswith("2 ")
    assert "pip install 'stopper[accounts]'" in said[5]


def test_who_wants_accounts_without_the_extra_is_told_what_to_install(
    installed, tmp_path
):
    said = run(
        WITHOUT
        + """\
try:
    import stopper.accounts
except ModuleNotFoundError as e:
    print(e)
""",
        installed,
        tmp_path,
    )

    assert 'pip install "stopper[accounts]"' in said
    assert "sqlalchemy" in said or "argon2" in said


def test_the_extra_brings_what_accounts_import():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    brought = {
        re.split(r"[>=\[ ]", line)[0].lower()
        for line in project["optional-dependencies"]["accounts"]
    }

    assert brought == {*EXTRA} - {"argon2"} | {"argon2-cffi"}
