"""``flask stopper db``: the tables of accounts, brought up to date."""

from __future__ import annotations

import typing as t

import click
from flask.cli import with_appcontext

from . import Refusal

if t.TYPE_CHECKING:
    from sqlalchemy import Engine


@click.group()
def db() -> None:
    """Bring the tables of accounts up to date, or show where they are.

    The SQLite file of a new app does so by itself. A database of the app's own, or on a
    server, changes only by these commands: before a release is started that needs it.
    """


@db.command(epilog="Example: flask stopper db upgrade")
@with_appcontext
def upgrade() -> None:
    """Bring the tables up to date. All of it happens, or nothing."""
    from ..guard.tables import schema

    before, now = _told(lambda engine: schema.upgrade(engine))
    said = f"from {before} to {now}" if before else f"made, at {now}"
    click.echo(f"The tables are {'up to date: ' + now if before == now else said}.")


@db.command()
@with_appcontext
def current() -> None:
    """Show at which revision the tables are. Ends with 1 if that is an old one."""
    from ..guard.tables import schema

    found = _told(schema.current)
    click.echo(f"{found or 'no tables'}, and this release needs {schema.HEAD}")

    if found != schema.HEAD:
        raise SystemExit(1)


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def downgrade(revision: str, yes: bool) -> None:
    """Bring the tables back to REVISION, `base` for none at all.

    What older tables have no place for is gone: make a backup first.
    """
    from ..guard.tables import schema

    if revision not in ("base", *schema.revisions()):
        known = ", ".join(schema.revisions())
        raise Refusal(
            f"There is no revision {revision[:50]!r}; there are base, {known}."
        )

    if not yes:
        click.confirm(
            f"Go back to {revision}, and lose what it has no place for?", abort=True
        )

    before, now = _told(lambda engine: schema.downgrade(engine, revision))
    click.echo(f"The tables went from {before or 'nothing'} to {now or 'nothing'}.")


@db.command()
@click.option(
    "--dialect",
    type=click.Choice(["postgresql", "sqlite"]),
    default="postgresql",
    show_default=True,
)
def sql(dialect: str) -> None:
    """Print the statements that make the tables, and run none."""
    from ..guard.tables import schema

    click.echo(schema.statements(dialect), nl=False)


ResultT = t.TypeVar("ResultT")


def _told(ask: t.Callable[[Engine], ResultT]) -> ResultT:
    """Return the answer of the app's database, or say why there is none."""
    from sqlalchemy.exc import SQLAlchemyError

    from .people import service

    ours = service()

    if not ours.tables.ready:
        raise Refusal(
            "The tables of accounts are the app's own: its own migrations change them."
        )

    try:
        return ask(ours.engine)
    except SQLAlchemyError as e:
        # Its text may hold rows.
        kind = type(getattr(e, "orig", None) or e).__name__
        raise Refusal(f"The database of the accounts failed ({kind}).") from e
