"""``flask stopper users``: what an operator does for a user who cannot."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from . import Refusal

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def users() -> None:
    """Show users, and do for them what they cannot do themselves.

    Nothing here takes or shows a password: the user alone chooses it, by a link.
    """


@users.command(epilog="Example: flask stopper users add ann@club.org --role editor")
@click.argument("address")
@click.option("--name", default="", help="What the user is called.")
@click.option("--role", "roles", multiple=True, help="A role to give; repeatable.")
@click.option("--verified", is_flag=True, help="That the address is theirs is known.")
@with_appcontext
def add(address: str, name: str, roles: tuple[str, ...], verified: bool) -> None:
    """Make an account for ADDRESS, and mail a link to choose its password.

    Ends with 1 if the account is made and the mail could not be sent.
    """
    from ..controls.accounts.policy import complain_of_address
    from ..guard.accounts.flows.operator import invite
    from ..guard.accounts.people import Taken
    from .people import asked
    from .roles import look_at
    from .sending import sending

    look_at(*roles)

    if complaint := complain_of_address(address):
        raise Refusal(f"{address[:320]!r} {complaint}.")

    with asked() as ours, sending(ours):
        try:
            made = invite(address, name, roles, verified)
        except Taken:
            raise Refusal(f"{address} has an account already.") from None

        click.echo(f"{made.address} has an account: {made.id}")


@users.command(epilog="Example: flask stopper users show ann@club.org --json")
@click.argument("address")
@_as_json
@with_appcontext
def show(address: str, as_json: bool) -> None:
    """Show what is known of the user of ADDRESS, and where the account is in use."""
    from .account import show as run
    from .people import asked
    from .people import named

    with asked() as ours:
        run(ours, named(ours, address), as_json)


@users.command("list")
@click.option("--inactive", is_flag=True, help="Only those who are switched off.")
@_as_json
@with_appcontext
def listed(inactive: bool, as_json: bool) -> None:
    """List the users by address."""
    from .account import listed as run
    from .people import asked

    with asked() as ours:
        run(ours, inactive, as_json)


@users.command(epilog="Example: flask stopper users reset ann@club.org")
@click.argument("address")
@with_appcontext
def reset(address: str) -> None:
    """Mail a link to a new password to the user of ADDRESS.

    The password stays what it is until the link is used, and a second factor is asked
    for as before. Ends with 1 if the mail could not be sent.
    """
    from ..guard.accounts.flows.operator import send_reset
    from .people import asked
    from .people import named
    from .sending import sending

    with asked() as ours, sending(ours):
        who = named(ours, address)

        if not who.active:
            raise Refusal(f"{who.address} is switched off, and could not log in.")

        send_reset(who)
        click.echo(f"A link was mailed to {who.address}.")


@users.command("end-sessions")
@click.argument("address")
@with_appcontext
def end_sessions(address: str) -> None:
    """End every session of the user of ADDRESS, and remember no browser."""
    from ..guard.accounts.flows.operator import end_everything
    from .people import asked
    from .people import look_at_store
    from .people import named

    with asked() as ours:
        who = named(ours, address)
        seen = look_at_store(ours)
        sessions, browsers = end_everything(who)
        click.echo(
            f"{sessions} sessions of {who.address} are over, and {browsers} browsers are "
            "not remembered."
        )

    if not seen:
        raise SystemExit(1)


@users.command()
@click.argument("address")
@_yes
@with_appcontext
def deactivate(address: str, yes: bool) -> None:
    """Let the user of ADDRESS log in no more.

    Every session ends, remembered browsers and links are forgotten, and API keys are
    revoked for good.
    """
    from ..guard.accounts.flows.active import deactivate as run
    from .people import asked
    from .people import look_at_store
    from .people import named

    with asked() as ours:
        who = named(ours, address)
        look_at_store(ours)

        if not yes:
            click.confirm(f"End all that {who.address} is logged in by?", abort=True)

        keys = run(who)
        click.echo(f"{who.address} is switched off; {keys} API keys were revoked.")


@users.command()
@click.argument("address")
@with_appcontext
def activate(address: str) -> None:
    """Let the user of ADDRESS log in again. API keys stay revoked."""
    from ..guard.accounts.flows.active import activate as run
    from .people import asked
    from .people import named

    with asked() as ours:
        who = named(ours, address)
        run(who)
        click.echo(f"{who.address} may log in again.")


@users.command(
    "reset-mfa", epilog="Example: flask stopper users reset-mfa ann@club.org"
)
@click.argument("address")
@_yes
@with_appcontext
def reset_mfa(address: str, yes: bool) -> None:
    """Take all second factors of the user of ADDRESS away, who lost them.

    Make sure first who asks, as you did when the account was opened: whoever asks in
    another's name is let in by the password alone from here on. Every session of the
    user ends, every remembered browser is forgotten, and the user is told by mail.
    """
    from ..guard.mfa.reset import reset
    from .people import asked
    from .people import look_at_store
    from .people import named
    from .sending import sending

    with asked() as ours, sending(ours):
        who = named(ours, address)
        look_at_store(ours)

        if not yes:
            click.confirm(
                f"Are you sure that it is {who.address} who asks?", abort=True
            )

        found = reset(who)
        click.echo(f"{found} factors and codes of {who.address} are gone.")
