"""``flask stopper check``: whether the app would start, before a visitor asks."""

from __future__ import annotations

import json

import click

from ..catalogue.event import Action
from ..catalogue.event import Event
from ..guard.events import event as signal
from .guarded import walk


def show(as_json: bool) -> None:
    """Build the guards as the first request would, and end with 1 if something is wrong."""
    failed: list[str] = []
    noted: list[str] = []

    def hear(sender: object, event: Event) -> None:
        # What is noted as guards are built is where one stands back for another.
        if event.action is Action.FAILED:
            failed.append(event.message)
        else:
            noted.append(event.message)

    with signal.connected_to(hear):
        guards = walk().guards

    modes = {
        guard.control.name: "report" if guard.reporting else "enforce"
        for guard in guards
    }

    if as_json:
        told = {"controls": modes, "notes": noted, "errors": failed}
        click.echo(json.dumps(told, indent=2))
    else:
        for name, mode in modes.items():
            click.echo(f"{name}: {mode}")

        for message in noted:
            click.echo(f"note: {json.dumps(message)}")

        for message in failed:
            click.echo(f"error: {json.dumps(message)}", err=True)

    if failed:
        raise SystemExit(1)
