"""Waits for the mail of a command, which a thread of its own sends."""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Iterator

import click

if t.TYPE_CHECKING:
    from ..catalogue.event import Event
    from ..guard.accounts.service import Service

#: Seconds that a command waits for its mail.
PATIENCE = 10.0

#: What becomes of a mail that is not sent.
_LOST = frozenset({"mail-failed", "mail-dropped"})


@contextlib.contextmanager
def sending(ours: Service) -> Iterator[None]:
    """Wait for the mail that is sent in the block, and end with 1 if it is not.

    What the block did is done all the same: the message says so.

    :raises StartError: If there is nothing to send with, and before anything is done.
    """
    from ..guard.accounts.links import look_at_origin
    from ..guard.events import event

    look_at_origin(ours.house)
    outbox, why = ours.mailer.outbox, dict[str, object]()

    def heard(sender: object, event: Event) -> None:
        if event.name.startswith("mail-"):
            why[event.name] = event.details.get("why")

    with event.connected_to(heard, ours.app):
        yield
        left = outbox.flush(PATIENCE)
        # Nobody is there to try again once the command is over.
        outbox.drop()

    if left or _LOST & {*why}:
        reasons = ", ".join(sorted({str(reason) for reason in why.values() if reason}))
        click.echo(
            f"stopper: The mail could not be sent ({reasons or 'no answer'}). All else "
            "is done; send another one with: flask stopper users reset ADDRESS",
            err=True,
        )
        raise SystemExit(1)


def settled(ours: Service) -> None:
    """Wait until the history of the account is written."""
    ours.history.queue.flush(PATIENCE)
