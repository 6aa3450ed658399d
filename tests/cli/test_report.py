"""``flask stopper report`` says which control is ready to be enforced, and which not."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from pathlib import Path

import pytest
from flask import Flask

from alone import alone
from stopper.cli.flask import group
from stopper.guard.ledger import Counted
from stopper.guard.ledger import FILE
from stopper.guard.ledger import Ledger

DAY = 86400


@pytest.fixture
def app(tmp_path):
    app = Flask("reported", instance_path=str(tmp_path / "instance"))
    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2099-01-01")
    app.cli.add_command(group, "stopper")
    return alone(app, "csrf", "headers")


@pytest.fixture
def run(app):
    def run(*words):
        return app.test_cli_runner().invoke(args=["stopper", "report", *words])

    return run


@pytest.fixture
def ledger(app):
    return Ledger(Path(app.instance_path, FILE))


def watched(ledger, days=10, requests=100):
    """Let both controls have seen requests, first so many days ago."""
    for ago in (days, 0):
        at = time.time() - ago * DAY
        ledger.add([], {"csrf": requests, "headers": requests}, at)


def counted(ledger, ago, control="csrf", action="reported", **fields):
    at = time.time() - ago * DAY
    known = {"name": "bad-token", "route": "/login", "times": 3, "message": "No token."}
    row = Counted(control, action=action, first=at, last=at, **{**known, **fields})
    ledger.add([row], {}, time.time())


def test_nothing_counted_yet_says_where_it_would_stand(run, app):
    found = run()

    assert found.exit_code == 1
    assert (
        "csrf: nothing to refuse so far, after no request; 7 days asked" in found.stdout
    )
    assert "Nothing was counted yet." in found.stderr
    assert FILE in found.stderr


def test_nothing_on_trial_is_no_fault(run, app):
    app.config["STOPPER_MODE"] = "enforce"
    found = run()

    assert (found.exit_code, found.stdout) == (0, "No control is in report mode.\n")


def test_a_control_that_was_watched_and_said_nothing_is_ready(run, ledger):
    watched(ledger)
    found = run()

    assert found.exit_code == 0
    assert "csrf: ready, after 200 requests on 2 days since" in found.stdout
    assert 'Every control is ready: set STOPPER_MODE to "enforce".' in found.stdout


def test_a_control_that_would_have_refused_is_not(run, ledger):
    watched(ledger)
    counted(ledger, ago=1)
    found = run()

    assert found.exit_code == 1
    assert "csrf: not ready, after 200 requests on 2 days" in found.stdout
    assert "  3 × bad-token reported on /login, " in found.stdout
    assert "    No token." in found.stdout
    assert 'Ready to be set to "enforce":\n  STOPPER_HEADERS_MODE' in found.stdout


def test_what_is_long_ago_is_mended(run, ledger):
    watched(ledger, days=20)
    counted(ledger, ago=9)

    assert json.loads(run("--json").stdout)["ready"] == ["headers", "csrf"]
    assert json.loads(run("--json", "--days", "12").stdout)["ready"] == ["headers"]


def test_a_guard_that_fails_is_not_ready(run, ledger):
    watched(ledger)
    counted(ledger, ago=1, action="failed")

    assert json.loads(run("--json").stdout)["ready"] == ["headers"]


@pytest.mark.parametrize("name", ["cacheable-answer", "inline-code"])
def test_what_enforcing_does_not_refuse_is_shown_and_waits_for_nobody(
    run, ledger, name
):
    watched(ledger)
    counted(ledger, ago=0, control="headers", name=name)
    found = run()

    assert found.exit_code == 0
    assert f"  3 × {name} reported on /login" in found.stdout


def test_a_control_of_yesterday_is_watched_still(run, ledger):
    watched(ledger, days=1)
    found = run()

    assert found.exit_code == 1
    assert (
        "nothing to refuse so far, after 200 requests on 2 days; 7 days asked"
        in found.stdout
    )
    assert run("--days", "1").exit_code == 0


def test_what_is_refused_is_shown_and_keeps_nothing_from_being_ready(run, app, ledger):
    app.config["STOPPER_MODE"] = "enforce"
    counted(ledger, ago=0, action="refused")
    found = run()

    assert found.exit_code == 0
    assert found.stdout.startswith("csrf: enforced\n  3 × bad-token refused on /login")


def test_report_past_its_day_is_enforce(run, app, ledger):
    app.config["STOPPER_REPORT_UNTIL"] = "2020-01-01"
    assert run().stdout == "No control is in report mode.\n"


def test_as_json(run, ledger):
    watched(ledger)
    counted(ledger, ago=0)
    found = json.loads(run("--json").stdout)
    (csrf,) = [c for c in found["controls"] if c["control"] == "csrf"]

    assert (found["days"], found["report_until"]) == (7, "2099-01-01")
    assert (csrf["mode"], csrf["state"], csrf["requests"]) == (
        "report",
        "not ready",
        200,
    )
    assert csrf["events"][0]["message"] == "No token."


def test_reset_begins_anew(run, ledger):
    counted(ledger, ago=0)

    assert run("--reset").stdout == "Counting begins anew.\n"
    assert ledger.read() == ((), ())
    assert run("--reset").stdout == "There was nothing to forget.\n"


def test_a_broken_file_is_named_and_reset_removes_it(run, ledger):
    ledger.path.parent.mkdir()
    ledger.path.write_text("this is no database at all, but a text of some length")
    found = run()

    assert found.exit_code == 2
    assert f"{FILE} in the instance folder cannot be read" in found.stderr
    assert "--reset" in found.stderr
    assert run("--reset").exit_code == 0
    assert run().exit_code == 1


def test_a_wrong_setting_is_named(run, app):
    app.config["STOPPER_MODE"] = "perhaps"
    found = run()

    assert found.exit_code == 2
    assert "STOPPER_MODE is 'perhaps'" in found.stderr


def test_what_was_counted_cannot_drive_the_terminal(run, ledger):
    counted(ledger, ago=0, route="/\x1b[2J", message="a\u202eb\x1b[31m", name="x\x07")

    counted(ledger, ago=0, control="x\x07\u202e", action="refused")

    assert not {"\x1b", "\u202e", "\x07"} & set(run().output)


@pytest.mark.parametrize(
    "change",
    [
        "update watched set day = 'x' || day",
        "update event set times = 'many'",
        "update event set last = 9e99",
        "update event set first = -9e999",
    ],
)
def test_a_row_that_is_none_of_ours_is_named(run, ledger, change):
    watched(ledger)
    counted(ledger, ago=0)

    with contextlib.closing(sqlite3.connect(ledger.path)) as database:
        database.execute(change)
        database.commit()

    found = run()
    assert found.exit_code == 2
    assert f"{FILE} in the instance folder cannot be read" in found.stderr
