"""The ``flask stopper`` group: the commands that need the app.

Flask imports this module on every ``flask`` command, so it stays light: a wing is
imported inside the command that needs it.
"""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from .rules import explain
from .rules import rules


@click.group()
def group() -> None:
    """Show what Stopper knows about this app."""


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def csp(as_json: bool) -> None:
    """Show which line of which template needs what, and propose a policy.

    Nothing is applied: a proposal is there to be read.
    """
    from .csp import show

    show(as_json)


@group.command()
@click.option(
    "--changed", is_flag=True, help="Only those that differ from the default."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def settings(changed: bool, as_json: bool) -> None:
    """List every setting with its value, default, unit and source."""
    from .settings import show

    show(changed, as_json)


@group.command()
@click.option("--declared", is_flag=True, help="Only those with a declaration.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def routes(declared: bool, as_json: bool) -> None:
    """List every route, and what was declared for it.

    A declaration is an exemption, a limit or another policy for one route, as its
    view's decorators say.
    """
    from .routes import show

    show(as_json, declared)


@group.command()
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    default=7,
    show_default=True,
    help="For how long nothing may have been refused.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--reset", is_flag=True, help="Forget what was counted.")
@with_appcontext
def report(days: int, as_json: bool, reset: bool) -> None:
    """Sum up what was refused or would be, and say which control is ready.

    A control in report mode is ready when it watched requests for some days and would
    have refused none. Ends with 1 while one is not.
    """
    from . import report as page

    if reset:
        page.reset()
    else:
        page.show(as_json, days)


# What explains the catalogue is the same with an app and without one.
group.add_command(rules)
group.add_command(explain)
