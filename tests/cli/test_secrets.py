"""``flask stopper secrets``: a new key, what goes with it, and what it ends."""

from __future__ import annotations

import ast
import json
import os
import stat
import time

import pytest
from flask import Flask
from flask import session

from stopper import Stopper
from stopper.catalogue.error import ReadError
from stopper.cli.envfile import updated
from stopper.cli.flask import group
from stopper.guard.stores.base import Record
from stopper.testing import client

OLD = "an old key, for these tests alone"
OLDER = "an older key, for these tests alone"


@pytest.fixture
def app(tmp_path):
    app = Flask("rotating", instance_path=str(tmp_path / "instance"))
    app.config.update(
        SECRET_KEY=OLD,
        SECRET_KEY_FALLBACKS=[OLDER],
        STOPPER_ORIGIN="https://shop.example",
    )
    app.cli.add_command(group, "stopper")
    return app


@pytest.fixture
def run(app):
    def run(*words, **options):
        return app.test_cli_runner().invoke(
            args=["stopper", "secrets", *words], **options
        )

    return run


def keys(text):
    """Read what was printed, as Python would."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(text).body
    }


def logged_in(app):
    """Put a session into the app's own store and return a look at it."""
    store = app.extensions["stopper"].settle().house.store
    now = time.time()
    record = Record(b"x" * 32, "{}", "anna", now, now, now + 99, now + 99)
    store.put(record, None)
    return lambda: [r.user for r in store.of("anna", time.time())]


def test_a_planned_rotation_keeps_the_old_keys_newest_first(run):
    done = run("rotate")
    found = keys(done.stdout)

    assert done.exit_code == 0
    assert found["SECRET_KEY_FALLBACKS"] == [OLD, OLDER]
    assert len(bytes.fromhex(found["SECRET_KEY"])) == 32
    assert "the newest first" in done.stderr
    assert "after 31 days" in done.stderr


def test_each_key_is_another(run):
    assert run("rotate", "--json").stdout != run("rotate", "--json").stdout


def test_a_planned_rotation_ends_no_session(run, app):
    Stopper(app)
    still = logged_in(app)
    run("rotate")

    assert still() == ["anna"]


def test_after_a_leak_no_old_key_is_taken_and_every_session_ends(run, app):
    Stopper(app)
    still = logged_in(app)
    done = run("rotate", "--compromised", "--yes")

    assert done.exit_code == 0, done.output
    assert keys(done.stdout)["SECRET_KEY_FALLBACKS"] == []
    assert OLD not in done.output
    assert OLDER not in done.output
    assert "1 session in the store ended." in done.stderr
    assert "end-sessions" in done.stderr
    assert still() == []


@pytest.mark.parametrize("words", [("rotate", "--compromised"), ("end-sessions",)])
@pytest.mark.parametrize("answer", ["n\n", ""])
def test_no_session_ends_unless_somebody_says_so(run, app, words, answer):
    Stopper(app)
    still = logged_in(app)
    done = run(*words, input=answer)

    assert done.exit_code == 1
    assert done.stdout == ""
    assert still() == ["anna"]


def test_end_sessions_ends_them_once_more(run, app):
    Stopper(app)
    still = logged_in(app)
    done = run("end-sessions", input="y\n")

    assert done.exit_code == 0
    assert "1 session in the store ended." in done.stderr
    assert still() == []


def test_a_real_session_is_over(run, app):
    stopper = Stopper(app)
    come_in = stopper.public(lambda: session.update(user="anna") or "")
    app.add_url_rule("/in", "in", come_in)
    who = stopper.public(lambda: session.get("user", "nobody"))
    app.add_url_rule("/who", "who", who)
    ours = client(app)
    ours.get("/in")
    assert ours.get("/who").text == "anna"

    run("end-sessions", "--yes")
    assert ours.get("/who").text == "nobody"


def test_a_memory_of_servers_cannot_be_reached_and_it_says_so(run, app):
    app.config["STOPPER_STORE"] = "memory:"
    Stopper(app)

    assert "memory of each server" in run("end-sessions", "--yes").stderr


def test_the_key_is_told_although_sessions_cannot_be_ended(run):
    done = run("rotate", "--compromised", "--yes")

    assert done.exit_code == 2
    assert "SECRET_KEY" in keys(done.stdout)
    assert "No session in the store was ended: This app has no Stopper" in done.stderr


@pytest.mark.parametrize("fallbacks", ["old", [5]])
def test_what_is_no_list_of_keys_is_told_without_the_keys(run, app, fallbacks):
    app.config["SECRET_KEY_FALLBACKS"] = fallbacks
    done = run("rotate")

    assert done.exit_code == 2
    assert "SECRET_KEY_FALLBACKS" in done.stderr
    assert OLD not in done.output


def test_a_first_key_has_no_fallback(run, app):
    app.config.update(SECRET_KEY=None, SECRET_KEY_FALLBACKS=None)
    assert keys(run("rotate").stdout)["SECRET_KEY_FALLBACKS"] == []


def test_keys_of_bytes_stay_bytes(run, app):
    app.config.update(SECRET_KEY=b"\xff\x00'", SECRET_KEY_FALLBACKS=[])

    assert keys(run("rotate").stdout)["SECRET_KEY_FALLBACKS"] == [b"\xff\x00'"]
    assert "is no text" in run("rotate", "--json").stderr


def test_a_file_of_the_environment_is_written_and_no_key_is_printed(
    run, app, tmp_path, monkeypatch
):
    path = tmp_path / ".env"
    path.write_text("# keys\nexport FLASK_SECRET_KEY=old\nOTHER=1")
    path.chmod(0o640)
    done = run("rotate", "--write", str(path))
    lines = path.read_text().splitlines()

    assert done.exit_code == 0
    assert OLD not in done.output
    assert (lines[0], lines[2]) == ("# keys", "OTHER=1")
    assert lines[1].startswith("export FLASK_SECRET_KEY='")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640

    # What Flask reads of it is what was meant.
    for line in lines:
        name, _, value = line.removeprefix("export ").partition("=")
        if name.startswith("FLASK_"):
            monkeypatch.setenv(name, value.strip("'"))

    app.config.from_prefixed_env()
    assert app.config["SECRET_KEY_FALLBACKS"] == [OLD, OLDER]
    assert len(app.config["SECRET_KEY"]) == 64


def test_a_new_file_is_for_its_owner_alone(run, tmp_path):
    run("rotate", "--write", str(tmp_path / "new.env"))
    assert stat.S_IMODE((tmp_path / "new.env").stat().st_mode) == 0o600


def test_a_link_to_a_file_stays_a_link(run, tmp_path):
    (tmp_path / "real").write_text("")
    os.symlink(tmp_path / "real", tmp_path / "link")
    run("rotate", "--write", str(tmp_path / "link"))

    assert (tmp_path / "link").is_symlink()
    assert "SECRET_KEY" in (tmp_path / "real").read_text()


def test_a_name_without_a_prefix_is_kept():
    found = updated("SECRET_KEY=x\n", {"SECRET_KEY": "y", "SECRET_KEY_FALLBACKS": "[]"})
    assert found == "SECRET_KEY='y'\nSECRET_KEY_FALLBACKS='[]'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SECRET_KEY=a\nSECRET_KEY=b\n", "more than once"),
        ("SECRET_KEY=a\nFLASK_SECRET_KEY=b\n", "sets both"),
        ('SECRET_KEY="a\nb"\n', "several lines"),
    ],
)
def test_a_file_that_can_be_read_in_two_ways_is_left_alone(text, said):
    with pytest.raises(ReadError, match=said):
        updated(text, {"SECRET_KEY": "y"})


def test_a_key_that_such_a_file_cannot_hold_is_refused(run, app, tmp_path):
    app.config["SECRET_KEY"] = "it's the key of this test"
    Stopper(app)
    still = logged_in(app)
    done = run("rotate", "--write", str(tmp_path / "x"))

    assert done.exit_code == 2
    assert "quotes or control characters" in done.stderr
    assert "it's" not in done.output
    assert not (tmp_path / "x").exists()
    assert still() == ["anna"]


def test_as_json(run):
    found = json.loads(run("rotate", "--json").stdout)
    assert found["SECRET_KEY_FALLBACKS"] == [OLD, OLDER]
