"""The ``flask stopper`` group: the commands that need the app.

Flask imports this module on every ``flask`` command, so it stays light: a wing is
imported inside the command that needs it.
"""

from __future__ import annotations

import typing as t
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from . import Refusal
from .db import db
from .guests import guests
from .keys import keys
from .roles import roles
from .rules import explain
from .rules import rules
from .transport import options
from .users import users

#: What the extra ``accounts`` brings, as it is imported.
ACCOUNTS = (
    *("alembic", "argon2", "bcrypt", "cryptography", "pyotp", "segno"),
    *("sqlalchemy", "webauthn"),
)


class Commands(click.Group):
    """Says what is wrong where the app itself cannot be made, and shows no traceback."""

    def invoke(self, ctx: click.Context) -> t.Any:
        """Run the command that was asked for."""
        from ..catalogue.error import StopperError

        try:
            return super().invoke(ctx)
        except StopperError as e:
            raise Refusal(str(e)) from e
        except ModuleNotFoundError as e:
            if (e.name or "").partition(".")[0] not in ACCOUNTS:
                raise

            raise Refusal(
                f"{e.name} is not installed, and the commands of accounts need it: "
                "pip install 'stopper[accounts]'"
            ) from e


@click.group(cls=Commands)
def group() -> None:
    """Show what Stopper knows about this app."""


@group.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def check(as_json: bool) -> None:
    """Build the guards as the first request would, and say what is wrong.

    A gate for deployments: the app itself answers 500 from its first request on, and
    its log says why. Ends with 0 if it starts, 1 if it does and something is broken, as
    a store that is away, and 2 if it does not.
    """
    from .check import show

    show(as_json)


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
@click.option(
    "--undeclared", is_flag=True, help="Only those of which nothing says who may ask."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def routes(declared: bool, undeclared: bool, as_json: bool) -> None:
    """List every route, who may ask for it, and what else was declared.

    A declaration is a requirement, an exemption, a limit or another policy for one
    route, as its view's decorators say. With --undeclared it ends with 1 if there are
    any.
    """
    from .routes import show

    show(as_json, declared, undeclared)


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


@group.command(epilog="Example: flask stopper transport https://staging.shop.example")
@click.argument("url", required=False)
@options
@with_appcontext
def transport(url: str | None, **given: t.Any) -> None:
    """Look at the site from outside: redirects, certificate, TLS, HSTS, cookies.

    Without a URL it is the first one of STOPPER_ORIGIN. Ends with 0 if all is well, 1
    if something is to be mended, 2 if nothing could be seen.
    """
    from .transport import run

    run(url or _origin(), **given)


def _origin() -> str:
    from ..catalogue.error import StopperError
    from ..controls.general import ORIGIN
    from ..controls.general import Origins

    try:
        found = Origins(ORIGIN.read(current_app.config)).main
    except StopperError as e:
        raise Refusal(str(e)) from e

    if not found:
        raise Refusal("Which site? STOPPER_ORIGIN is not set, so a URL is needed.")

    return found


@group.group()
def secrets() -> None:
    """Change the app's key, and end what an old one signed."""


@secrets.command()
@click.option(
    "--compromised",
    is_flag=True,
    help="The old key leaked: take it no longer, and end every session.",
)
@click.option(
    "--write",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Set both in this file of environment variables; print no key.",
)
@click.option("--yes", is_flag=True, help="Do not ask before sessions are ended.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def rotate(compromised: bool, write: Path | None, yes: bool, as_json: bool) -> None:
    """Print a new SECRET_KEY, with the SECRET_KEY_FALLBACKS that go with it.

    Nothing is changed where the app gets its keys from, which is not known here. The
    keys are printed on the standard output, and what to do on the error stream.
    """
    from .secrets import rotate as run

    run(compromised, write, yes, as_json)


@secrets.command("end-sessions")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def end_sessions(yes: bool) -> None:
    """End every session in the store, of everybody."""
    from .secrets import end_sessions as run

    run(yes)


@group.group()
def passwords() -> None:
    """See how strong a password's hash can be here."""


@passwords.command(
    epilog="Example: flask stopper passwords calibrate --rate 5 --processes 2"
)
@click.option(
    "--rate",
    type=click.FloatRange(0.01, 10_000),
    default=1.0,
    show_default=True,
    help="Logins a second at the busiest time, on this machine.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="How many processes serve the app, as gunicorn's --workers.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def calibrate(rate: float, processes: int, as_json: bool) -> None:
    """Measure this machine and print the settings of the strongest hash it can make.

    A hash should be as slow as your logins allow: whoever steals the table pays that
    price for every guess. Run it where the app runs, as idle as that machine mostly is.
    A hash then takes at most half a second, and at --rate the hashing threads
    (STOPPER_PASSWORD_WORKERS of every process) are busy half of their time.

    Nothing is changed. The settings go to the standard output and what they mean to the
    error stream; old hashes are replaced as people log in. Ends with 0 if the proposal
    keeps to that, 1 if even the weakest safe parameters are too slow for the rate, which
    are then what is printed, and 2 if the settings are wrong.
    """
    from .passwords import calibrate as run

    run(rate, processes, as_json)


# What explains the catalogue is the same with an app and without one.
group.add_command(rules)
group.add_command(db)
group.add_command(guests)
group.add_command(roles)
group.add_command(keys)
group.add_command(users)
group.add_command(explain)
