"""What guards refuse is counted on disk, whatever becomes of the disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import abort
from flask import Flask

from alone import alone
from stopper import Stopper
from stopper.catalogue.event import Action
from stopper.guard import events
from stopper.guard.ledger import Counted
from stopper.guard.ledger import FILE
from stopper.guard.ledger import Ledger
from stopper.guard.ledger import MOST_ROWS
from stopper.guard.ledger import Watched
from stopper.guard.tally import MOST_KEPT
from stopper.guard.tally import PAUSE
from stopper.guard.tally import Tally
from stopper.testing import client
from stopper.testing import events as collected

DAY = 86400.0
NOON = 1_790_000_000.0  # 2026-09-21


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def app(tmp_path):
    app = Flask("tallied", instance_path=str(tmp_path / "instance"))
    app.secret_key = "for these tests alone, and no others"
    return alone(app, "headers")


@pytest.fixture
def ledger(app):
    return Ledger(Path(app.instance_path, FILE))


@pytest.fixture
def failures():
    return []


@pytest.fixture
def tally(app, clock, failures):
    return Tally(app, clock, failures.append)


def happened(name="bad-token", action=Action.REPORTED, route="/login", **details):
    facts = {**events.NO_REQUEST, "route": route}
    return events.make("csrf", name, action, f"{name} was seen.", facts, **details)


def counts(ledger):
    return {(c.name, c.route, c.action): c.times for c in ledger.read()[0]}


def test_what_is_refused_is_counted_by_control_name_route_and_action(tally, ledger):
    tally.note(happened())
    tally.note(happened(route=None))
    tally.note(happened(action=Action.REFUSED))
    tally.note(happened("no-key", Action.FAILED))

    assert counts(ledger) == {
        ("bad-token", "/login", "reported"): 1,
        ("bad-token", "", "reported"): 1,
        ("bad-token", "/login", "refused"): 1,
        ("no-key", "/login", "failed"): 1,
    }


def test_nobody_else_on_the_machine_reads_the_counts(tally, ledger):
    tally.note(happened())
    modes = [p.stat().st_mode & 0o777 for p in (ledger.path.parent, ledger.path)]

    assert [oct(mode) for mode in modes] == ["0o700", "0o600"]


def test_what_is_only_noted_is_not_counted(tally, ledger):
    tally.note(happened(action=Action.NOTED))
    assert not ledger.path.exists()


def test_a_row_says_when_and_what(tally, ledger, clock):
    tally.note(happened())
    clock.now += DAY
    tally.note(happened())

    assert ledger.read()[0] == (
        Counted(
            "csrf",
            "bad-token",
            "/login",
            "reported",
            2,
            NOON,
            NOON + DAY,
            "bad-token was seen.",
        ),
    )


def test_a_report_of_a_browser_counts_for_its_page(tally, ledger):
    tally.note(happened(page="/notes/<id>"))
    assert list(counts(ledger)) == [("bad-token", "/notes/<id>", "reported")]


def test_a_flood_is_written_on_powers_of_two(tally, ledger):
    written = []

    for _ in range(20):
        tally.note(happened())
        written.append(sum(counts(ledger).values()))

    assert sorted(set(written)) == [1, 2, 4, 8, 16]


def test_the_rest_of_a_flood_is_written_when_it_is_time(tally, ledger, clock):
    for _ in range(20):
        tally.note(happened())

    clock.now += 11
    tally.note(happened("another"))

    assert sum(counts(ledger).values()) == 21


def test_what_is_left_is_written_when_the_process_ends(app, tmp_path):
    code = (
        "from flask import Flask; import sys, time\n"
        "from stopper.catalogue.event import Action\n"
        "from stopper.guard import events\n"
        "from stopper.guard.tally import Tally\n"
        "tally = Tally(Flask('x', instance_path=sys.argv[1]), time.time, print)\n"
        "for _ in range(7):\n"
        "    tally.note(events.make('csrf', 'x', Action.REFUSED, 'y'))\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)

    assert counts(Ledger(tmp_path / FILE)) == {("x", "", "refused"): 7}


def test_two_processes_add_to_the_same_count(app, clock, ledger):
    for _ in range(2):
        Tally(app, clock, print).note(happened())

    assert sum(counts(ledger).values()) == 2


def test_threads_lose_no_event(tally, ledger):
    def work():
        for _ in range(200):
            tally.note(happened())

    threads = [threading.Thread(target=work) for _ in range(4)]

    for thread in threads:
        thread.start()

    for thread in threads:
        thread.join()

    tally.flush()
    assert sum(counts(ledger).values()) == 800


def test_requests_are_counted_for_controls_on_trial(tally, ledger, clock):
    assert tally.watch(("csrf", "cors"))

    for _ in range(5):
        tally.passed(None, None)

    clock.now += DAY
    tally.note(happened())

    assert ledger.read()[1] == (
        Watched("cors", "2026-09-21", 4),
        Watched("csrf", "2026-09-21", 4),
        Watched("cors", "2026-09-22", 1),
        Watched("csrf", "2026-09-22", 1),
    )


def test_memory_and_disk_are_bounded(tally, ledger):
    for number in range(MOST_KEPT + 50):
        tally.note(happened(f"n{number}"))

    ledger.add(
        [Counted("a", f"m{n}", "", "refused", 1, 1, 1, "") for n in range(9)], {}, 1
    )

    assert len(tally._counts) <= MOST_KEPT
    assert len(ledger.read()[0]) == MOST_ROWS


def test_under_tests_nothing_is_counted_unless_asked(app, clock, ledger):
    app.testing = True
    Tally(app, clock, print).note(happened())
    assert not ledger.path.exists()

    app.config["STOPPER_TALLY"] = True
    Tally(app, clock, print).note(happened())
    assert sum(counts(ledger).values()) == 1


def test_it_can_be_turned_off(app, clock, ledger):
    app.config["STOPPER_TALLY"] = False
    tally = Tally(app, clock, print)
    tally.note(happened())

    assert (tally.watch(("csrf",)), ledger.path.exists()) == (False, False)


def test_a_locked_file_delays_nobody_and_loses_nothing(tally, ledger, clock, failures):
    tally.note(happened())
    other = sqlite3.connect(ledger.path)
    other.execute("begin exclusive")
    tally.note(happened())
    tally.note(happened("next"))
    # Not tried again for a while: each try would hold up a request.
    assert failures == []

    clock.now += PAUSE + 1
    tally.note(happened())
    assert [type(e) for e in failures] == [sqlite3.OperationalError]

    other.rollback()
    other.close()
    clock.now += PAUSE + 1
    tally.note(happened())

    assert counts(ledger) == {
        ("bad-token", "/login", "reported"): 4,
        ("next", "/login", "reported"): 1,
    }


@pytest.fixture
def served(app):
    def view():
        return "<p>", {"Content-Security-Policy": "script-src *"}

    app.config.update(STOPPER_MODE="report", STOPPER_REPORT_UNTIL="2027-01-01")
    app.add_url_rule("/", "index", view)
    app.add_url_rule("/no", "no", lambda: abort(403))
    return app


def test_an_app_on_trial_counts_its_requests(served, ledger, clock):
    Stopper(served, clock=clock)

    for _ in range(4):
        client(served).get("/")

    assert ledger.read()[1] == (Watched("headers", "2026-09-21", 4),)


def test_an_app_that_enforces_counts_no_requests(served, ledger):
    served.config["STOPPER_MODE"] = "enforce"
    Stopper(served)
    client(served).get("/no")

    assert not ledger.path.exists()


@pytest.mark.parametrize("broken", ["a folder", "a text", "a file for a folder"])
def test_a_broken_file_is_one_event_and_no_error(served, ledger, broken):
    if broken == "a file for a folder":
        ledger.path.parent.write_text("in the way")
    else:
        ledger.path.parent.mkdir()

    if broken == "a folder":
        ledger.path.mkdir()
    elif broken == "a text":
        ledger.path.write_text("this is no database at all, but a text of some length")

    Stopper(served)

    with collected(served) as found:
        answers = [client(served).get("/").status_code for _ in range(5)]

    assert answers == [200] * 5
    assert [e.name for e in found].count("tally-not-kept") == 1


def test_a_refused_setting_of_a_trial_is_counted(served, ledger):
    served.config["STOPPER_CSP_STRICT"] = "perhaps"
    Stopper(served)
    client(served).get("/")

    assert counts(ledger) == {("setting-refused", "", "failed"): 1}
