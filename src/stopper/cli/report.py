"""``flask stopper report``: what was refused or would be, and which control is ready."""

from __future__ import annotations

import dataclasses
import datetime
import json
import pathlib
import sqlite3
import textwrap
import time
import typing as t
from collections.abc import Iterator

import click
from flask import current_app

from ..audit.report.printable import clipped
from ..audit.report.printable import printable
from ..catalogue.error import StopperError
from ..catalogue.event import Action
from ..catalogue.mode import Mode
from ..catalogue.mode import REPORT_UNTIL
from ..controls import CONTROLS
from ..guard.ledger import Counted
from ..guard.ledger import FILE
from ..guard.ledger import Ledger
from ..guard.modes import Modes
from . import Refusal
from .readiness import Readiness
from .readiness import readiness
from .readiness import State

#: Columns of a terminal that nobody made wider.
WIDTH = 80

#: The command ends with it while a control in report mode is not ready.
NOT_READY = 1

_NOTHING = """\
Nothing was counted yet. Refusals are counted in {file}
while the app serves requests: each process with this instance folder adds its own.
Under tests, and where STOPPER_TALLY is False, nothing is counted."""


def show(as_json: bool, days: int) -> None:
    """Print what was counted, and end with 1 if a control in report mode is not ready.

    :param days: For how long nothing may have been refused.
    :raises Refusal: If the settings or the file cannot be read.
    """
    ledger = _ledger()

    try:
        modes = _modes()
        events, watched = ledger.read()
        found = readiness(modes, events, watched, time.time(), days)
    except StopperError as e:
        raise Refusal(str(e)) from e
    except (sqlite3.Error, ValueError) as e:
        raise Refusal(
            f"{FILE} in the instance folder cannot be read ({type(e).__name__}: {e}). "
            "`flask stopper report --reset` removes it, and counting begins anew."
        ) from e

    if as_json:
        click.echo(json.dumps(_plain(found, days), indent=2))
    else:
        for line in _lines(found, days):
            click.echo(line)

        if not events and not watched:
            click.echo(_NOTHING.format(file=printable(str(ledger.path))), err=True)

    if any(r.state in (State.NOT_READY, State.WATCHING) for r in found):
        raise SystemExit(NOT_READY)


def reset() -> None:
    """Forget what was counted.

    :raises Refusal: If the file cannot be removed.
    """
    try:
        there = _ledger().reset()
    except OSError as e:
        raise Refusal(f"{FILE} cannot be removed: {e.strerror}.") from e

    click.echo("Counting begins anew." if there else "There was nothing to forget.")


def _ledger() -> Ledger:
    return Ledger(pathlib.Path(current_app.instance_path, FILE))


def _modes() -> dict[str, Mode]:
    modes = Modes(current_app.config, time.time)
    over = modes.over()
    found = {c.name: modes.chosen(c) for c in CONTROLS if c.guarded}
    # Past its day, report is enforce.
    return {
        name: Mode.ENFORCE if over and mode is Mode.REPORT else mode
        for name, mode in found.items()
    }


def _plain(found: list[Readiness], days: int) -> dict[str, t.Any]:
    return {
        "days": days,
        "report_until": REPORT_UNTIL.read(current_app.config) or None,
        "ready": [r.control for r in found if r.state is State.READY],
        "controls": [dataclasses.asdict(r) for r in found],
    }


def _lines(found: list[Readiness], days: int) -> Iterator[str]:
    for one in found:
        if one.mode == Mode.REPORT or one.events:
            yield _head(one, days)

            for counted in one.events:
                yield from _counted(counted)

    yield from _verdict(found)


def _head(one: Readiness, days: int) -> str:
    seen = "no request"

    if one.days:
        seen = f"{_several(one.requests, 'request')} on {_several(one.days, 'day')}"

    said = {
        State.READY: f"ready, after {seen} since {one.since}",
        State.WATCHING: f"nothing to refuse so far, after {seen}; {_several(days, 'day')} asked",
        State.NOT_READY: f"not ready, after {seen}",
        State.ENFORCED: "enforced",
        State.OFF: "off now",
    }
    return f"{printable(one.control)}: {said[one.state]}"


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _counted(counted: Counted) -> Iterator[str]:
    first, last = _day(counted.first), _day(counted.last)
    when = last if first == last else f"{first} to {last}"
    route = printable(counted.route) or "(no route)"
    what = printable(f"{counted.times} × {counted.name} {counted.action}")
    yield f"  {what} on {clipped(route, 200)}, {when}"
    yield from textwrap.wrap(
        printable(counted.message),
        WIDTH,
        initial_indent="    ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )


def _verdict(found: list[Readiness]) -> Iterator[str]:
    trials = [r for r in found if r.mode == Mode.REPORT]
    ready = [r.control for r in trials if r.state is State.READY]
    failed = sum(r.times(Action.FAILED) for r in found if r.control == "settings")

    if failed:
        yield "What failed under `settings` may keep the app from starting when enforced."

    if not trials:
        yield "No control is in report mode."
        return

    until = REPORT_UNTIL.read(current_app.config)
    yield f"Report mode ends on {until}, and what is in it is enforced then."

    if len(ready) == len(trials):
        yield 'Every control is ready: set STOPPER_MODE to "enforce".'
    elif ready:
        keys = {c.name: c.mode.key for c in CONTROLS}
        yield 'Ready to be set to "enforce":'
        yield from (f"  {keys[name]}" for name in ready)
    else:
        yield "No control is ready yet."


def _day(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d")
