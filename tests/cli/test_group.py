"""The command ends well, whatever happens: one line, a code, and no traceback."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from stopper import cli
from stopper.cli import Commands

STOPPER = str(Path(sys.executable).with_name("stopper"))


def ended(error, *arguments):
    """Return how a group ends in which a command raises ``error``."""

    @click.group(cls=Commands)
    @click.option("--debug", is_flag=True)
    def group(debug):
        pass

    @click.command()
    def audit():
        raise error

    group.get_command = lambda ctx, name: audit
    return CliRunner().invoke(group, [*arguments, "audit"])


@pytest.mark.parametrize(
    "error",
    [ValueError("odd \x1b[2J\nthing"), RecursionError(), MemoryError(), OSError()],
)
def test_what_nobody_foresaw_is_one_line(error):
    done = ended(error)

    assert done.exit_code == 2
    assert done.stderr.startswith(f"stopper: internal error: {type(error).__name__}")
    assert done.stderr.count("\n") == 1
    assert "\x1b" not in done.stderr


def test_debug_shows_where_it_came_from():
    done = ended(ValueError("odd"), "--debug")
    assert isinstance(done.exception, ValueError)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_no_error_of_ours(error):
    done = ended(error)
    assert (done.exit_code, done.stderr) == (130, "stopper: interrupted\n")


def test_an_interrupt_while_reading_ends_clean(tmp_path):
    for number in range(60):
        text = "".join(f"def f{n}(a):\n    return g(a, {n})\n" for n in range(3000))
        (tmp_path / f"m{number}.py").write_text(text)

    # The signal comes when the reading has begun, which the pipe tells.
    code = (
        "import os, sys, signal, threading\n"
        "from stopper.cli import main\n"
        "from stopper.audit import session\n"
        "read = session.assemble\n"
        "def assemble(*args):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return read(*args)\n"
        "session.assemble = assemble\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "audit", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )

    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "stopper: interrupted\n"


def test_a_disk_that_is_full_is_told():
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")

    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [STOPPER, "rules"], stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert done.returncode == 2
    assert (
        done.stderr
        == "stopper: the output cannot be written: No space left on device\n"
    )


def test_every_command_that_is_listed_exists():
    context = click.Context(cli.main)
    assert [n for n in cli.COMMANDS if cli.main.get_command(context, n) is None] == []
