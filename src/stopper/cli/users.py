"""``flask stopper users``: what an operator does for a user who cannot."""

from __future__ import annotations

import click
from flask.cli import with_appcontext


@click.group()
def users() -> None:
    """Do for users what they cannot do themselves."""


@users.command(
    "reset-mfa", epilog="Example: flask stopper users reset-mfa ann@club.org"
)
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def reset_mfa(address: str, yes: bool) -> None:
    """Take all second factors of the user of ADDRESS away, who lost them.

    Make sure first who asks, as you did when the account was opened: whoever asks in
    another's name is let in by the password alone from here on. Every session of the
    user ends, every remembered browser is forgotten, and the user is told by mail.
    """
    from ..guard.mfa.reset import reset
    from .people import person
    from .people import service

    ours = service()

    with ours.database.reading() as sql:
        who = person(ours, sql, address)

    if not yes:
        click.confirm(f"Are you sure that it is {who.address} who asks?", abort=True)

    found = reset(who)
    click.echo(f"{found} factors and codes of {who.address} are gone.")
