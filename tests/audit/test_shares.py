"""Several processes find what one finds, and the end of one is not the end of all."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from projects import project
from stopper.audit import workers
from stopper.audit.check import Check
from stopper.audit.checks import CHECKS
from stopper.audit.finding import finding
from stopper.audit.finding import Place
from stopper.audit.run import audit
from stopper.audit.shares import answered
from stopper.audit.shares import APART
from stopper.audit.shares import LONG
from stopper.audit.shares import processes
from stopper.audit.shares import SAME
from stopper.audit.survey.build import build
from stopper.audit.survey.flow.flows import flows
from stopper.audit.survey.project import Project
from stopper.catalogue.rule import Confidence
from stopper.catalogue.rule import Rule
from stopper.catalogue.rule import Severity

ROOT = pathlib.Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not workers.possible(), reason="processes cannot be copied here"
)


def rule(name):
    return Rule(
        name, Severity.HIGH, Confidence.HIGH, "{subject}.", "Why.", "How.", (79,), ()
    )


def check(name, does=lambda: None):
    def run(evidence):
        yield finding(rule(name), Place("app.py", 1, 1, 1), name)
        does()

    return Check(rule(name), Project, run)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def fail():
    raise ValueError("hunter2")


def test_what_is_found_is_the_same_whoever_asks():
    alone, two, five = [
        audit([build([ROOT / "examples", ROOT / "src"])], CHECKS, jobs=n)
        for n in (1, 2, 5)
    ]
    assert alone.findings
    assert alone == two == five


def test_a_check_whose_process_dies_is_named_and_the_others_run():
    checks = [check("a"), check("b", die), check("c")]
    result = audit([project({})], checks, jobs=2)
    assert [f.subject for f in result.findings] == ["a", "c"]
    assert [(n.name, n.message) for n in result.failures] == [
        ("check-failed", "The check of b did not end: its process was killed.")
    ]


def test_processes_that_always_die_are_not_started_for_ever():
    checks = [check(name, die) for name in "abcdefgh"]
    result = audit([project({})], checks, jobs=2)
    assert result.findings == ()
    assert len(result.failures) == len(checks)


def test_a_check_that_fails_in_another_process_is_named_as_it_would_be_here():
    checks = [check("a", fail), check("b")]
    assert audit([project({})], checks, jobs=2) == audit([project({})], checks)


def test_progress_is_told():
    told = []
    checks = [check(name) for name in "abc"]
    audit([project({})], checks, lambda done, of: told.append((done, of)), jobs=2)
    assert told[-1] == (3, 3)
    assert told == sorted(told)


def test_an_interrupt_ends_every_process(tmp_path):
    script = """
        import os, pathlib, sys, time
        sys.path.insert(0, sys.argv[2])
        from audit.test_shares import check
        from projects import project
        from stopper.audit.run import audit

        def endless():
            pathlib.Path(sys.argv[1], str(os.getpid())).touch()
            while True:
                time.sleep(0.01)

        audit([project({})], [check("a", endless), check("b", endless)], jobs=2)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), tmp_path, ROOT / "tests"]
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        # A shell that tests in the background has it ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )

    try:
        until = time.monotonic() + 30

        while len(os.listdir(tmp_path)) < 2:
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.01)

        process.send_signal(signal.SIGINT)
        assert b"KeyboardInterrupt" in process.communicate(timeout=30)[1]
        alive = [name for name in os.listdir(tmp_path) if runs(int(name))]
        assert alive == []
    finally:
        process.kill()

        for name in os.listdir(tmp_path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(name), signal.SIGKILL)


def test_where_no_process_can_be_started_this_one_asks(tmp_path):
    script = """
        import os, resource, sys
        sys.path.insert(0, sys.argv[1])
        from audit.test_shares import check
        from projects import project
        from stopper.audit.run import audit

        made = project({})
        checks = [check(name) for name in "abc"]
        audit([made], checks, jobs=2)
        # Enough files for two piles, and no more.
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free + 3, free + 3))
        print([f.subject for f in audit([made], checks, jobs=2).findings])
    """
    command = [sys.executable, "-c", textwrap.dedent(script), ROOT / "tests"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "['a', 'b', 'c']\n"


def test_where_threads_run_one_process_asks():
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()

    try:
        assert processes(project({}), 4) == 1
    finally:
        done.set()
        thread.join()

    assert processes(project({}), 4) == 4


def test_for_a_small_project_one_process_is_enough():
    assert processes(project({"app.py": "x = 1\n" * 100}), None) == 1
    large = project({"app.py": "x = 1\n" * 30_000})
    assert processes(large, None) == min(workers.cores(), 4)


def test_checks_that_stand_apart_follow_no_values():
    made = build([ROOT / "examples"])
    apart = [c for c in CHECKS if c.asks is Project and named(c).startswith(APART)]

    for check_ in apart:
        list(check_.run(made))

    alone = set(vars(made))
    flows(made)
    assert set(vars(made)) > alone


@pytest.mark.parametrize("module", SAME)
def test_what_ends_at_the_same_places_is_followed_by_one_process(module):
    made = project({})
    questions = [(made, c) for c in CHECKS if named(c) == module]
    told = []
    answered(questions, lambda question: question[1].rule.name, 2, told.append)
    assert len(questions) > 1
    assert told == [len(questions)]


def test_every_module_that_is_named_has_checks():
    names = {named(c) for c in CHECKS}

    for name in (*APART, *LONG, *SAME):
        assert any(n.startswith(name) for n in names), name


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False

    return True


def named(check):
    return check.run.__module__.removeprefix("stopper.audit.checks.")
