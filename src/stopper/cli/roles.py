"""``flask stopper roles``: what a role allows, and who has which."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from . import Refusal


@click.group()
def roles() -> None:
    """Show and change roles, and who has which.

    A role is a name for permissions such as `notes:write`. Changes hold from the next
    request on.
    """


@roles.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_appcontext
def listed(as_json: bool) -> None:
    """List every role with what it allows."""
    from .people import service

    ours = service()

    with ours.database.reading() as sql:
        found = ours.access.roles(sql)

    if as_json:
        click.echo(json.dumps(found, indent=2))
        return

    for name, permissions in found.items():
        click.echo(f"{name}: {' '.join(permissions) or 'nothing'}")

    if not found:
        click.echo(
            "There are no roles. Make one: flask stopper roles set NAME PERMISSION"
        )


@roles.command(
    "set", epilog="Example: flask stopper roles set editor notes:read notes:write"
)
@click.argument("name")
@click.argument("permissions", nargs=-1)
@with_appcontext
def put(name: str, permissions: tuple[str, ...]) -> None:
    """Make the role NAME, or change it: it allows these PERMISSIONS and no others."""
    from .people import service

    look_at(name, *permissions)
    ours = service()

    with ours.database.writing() as sql:
        ours.access.set_role(sql, name, permissions)

    click.echo(f"{name}: {' '.join(sorted({*permissions})) or 'nothing'}")


@roles.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def drop(name: str, yes: bool) -> None:
    """Take the role NAME away, also from everybody who has it."""
    from .people import service

    ours = service()

    if not yes:
        click.confirm(f"Take {name} away from everybody?", abort=True)

    with ours.database.writing() as sql:
        found = ours.access.drop_role(sql, name)

    if not found:
        raise Refusal(f"There is no role {name[:100]!r}.")

    click.echo(f"{name} is gone.")


@roles.command(epilog="Example: flask stopper roles grant ann@example.org editor")
@click.argument("address")
@click.argument("role")
@with_appcontext
def grant(address: str, role: str) -> None:
    """Give the user of ADDRESS a ROLE."""
    from .people import person
    from .people import service

    look_at(role)
    ours = service()

    with ours.database.writing() as sql:
        who = person(ours, sql, address)
        new = ours.access.grant(sql, who.id, role)

    click.echo(f"{who.address} {'has' if new else 'had'} the role {role}.")


@roles.command()
@click.argument("address")
@click.argument("role")
@with_appcontext
def withdraw(address: str, role: str) -> None:
    """Take a ROLE from the user of ADDRESS."""
    from .people import person
    from .people import service

    ours = service()

    with ours.database.writing() as sql:
        who = person(ours, sql, address)
        had = ours.access.withdraw(sql, who.id, role)

    if not had:
        raise Refusal(f"{who.address} does not have the role {role[:100]!r}.")

    click.echo(f"{who.address} has the role {role} no more.")


def look_at(*names: str) -> None:
    """Refuse a name that nothing would match, or that no list can hold."""
    for name in names:
        if not name.isprintable() or " " in name or not 0 < len(name) <= 100:
            raise Refusal(
                f"{name[:100]!r} is no name: up to 100 characters, and no spaces."
            )
