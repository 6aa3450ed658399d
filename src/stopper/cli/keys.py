"""``flask stopper keys``: the API keys of users, listed, made, replaced and revoked."""

from __future__ import annotations

import datetime
import json
import typing as t

import click
from flask.cli import with_appcontext

from . import Refusal

if t.TYPE_CHECKING:
    from ..guard.accounts.service import Service
    from ..guard.apikeys.making import Made
    from ..guard.apikeys.rows import KeyRow

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def keys() -> None:
    """Show and change the API keys of users.

    A user is named by the id, or by the address where users log in to accounts of
    Stopper's.
    """


@keys.command("list")
@click.option("--user", help="Only those of this user.")
@_as_json
@with_appcontext
def listed(user: str | None, as_json: bool) -> None:
    """List the keys, the newest first; none of them can be read out of the database."""
    from .people import service

    ours = service()
    found = ours.apikeys.listed(None if user is None else _id(ours, user))

    if as_json:
        rows = [{"user": row.user, **row.as_dict(ours.now)} for row in found]
        click.echo(json.dumps(rows, indent=2))
        return

    for row in found:
        click.echo(_line(row, ours.now))

    if not found:
        click.echo("There are no keys. Make one: flask stopper keys new USER")


@keys.command(
    epilog="Example: flask stopper keys new ann@example.org --scope notes:read --days 30"
)
@click.argument("user")
@click.option("--scope", "scopes", multiple=True, help="What it may do; repeatable.")
@click.option("--label", default="", help="What it is for.")
@click.option("--days", type=int, help="For how long it is valid.")
@click.option(
    "--network", "networks", multiple=True, help="Only from here; repeatable."
)
@click.option("--rate", default="", help="How often it may be used: 100/minute.")
@_as_json
@with_appcontext
def new(
    user: str,
    scopes: tuple[str, ...],
    label: str,
    days: int | None,
    networks: tuple[str, ...],
    rate: str,
    as_json: bool,
) -> None:
    """Make a key for USER and print it: this once, on the standard output."""
    from ..guard.apikeys.wishes import Wish
    from .people import service

    ours = service()
    wish = Wish(label, scopes, days, " ".join(networks), rate)
    _show(ours, ours.apikeys.make(_id(ours, user), wish), as_json)


@keys.command()
@click.argument("id")
@click.option("--hours", type=float, help="For how long the old one works on.")
@_as_json
@with_appcontext
def rotate(id: str, hours: float | None, as_json: bool) -> None:
    """Put a new key in the place of the one of this ID, which works on for a while."""
    from .people import service

    ours = service()
    _show(ours, ours.apikeys.rotate(id, hours=hours), as_json)


@keys.command()
@click.argument("id")
@with_appcontext
def revoke(id: str) -> None:
    """End the key of this ID at once, with all tokens that were minted from it."""
    from .people import service

    if not service().apikeys.revoke(id):
        raise Refusal(f"There is no key {id[:60]!r}, or it is revoked already.")

    click.echo(f"{id} is revoked.")


def _id(ours: Service, user: str) -> str:
    """Return the id of a user who is named by it, or by an address of ours."""
    from .people import person

    # An app's own users are known to the app alone.
    if not ours.options.pages:
        return user

    with ours.database.reading() as sql:
        if "@" in user:
            return person(ours, sql, user).id

        if ours.people.by_id(sql, user) is None:
            raise Refusal(f"Nobody has the id {user[:60]!r}.")

    return user


def _show(ours: Service, made: Made, as_json: bool) -> None:
    if as_json:
        row = {"user": made.row.user, **made.row.as_dict(ours.now)}
        click.echo(json.dumps({"key": made.key, **row}, indent=2))
        return

    click.echo(made.key)
    click.echo(_line(made.row, ours.now), err=True)
    click.echo("The key is not shown again.", err=True)


def _line(row: KeyRow, now: float) -> str:
    used = f"used {_day(row.used_at)} from {row.used_from}" if row.used_at else "unused"
    parts = [
        row.id,
        row.user,
        _state(row, now),
        used,
        row.scopes or "no scopes",
        row.label,
    ]
    return "  ".join(filter(None, parts))


def _state(row: KeyRow, now: float) -> str:
    state = row.state(now)

    if state == "revoked":
        return f"revoked {_day(row.revoked_at or 0.0)}"

    return (
        f"{state} {_day(row.expires_at)}"
        if state == "expired"
        else (f"{state} until {_day(row.expires_at)}")
    )


def _day(at: float) -> str:
    return f"{datetime.datetime.fromtimestamp(at, datetime.UTC):%Y-%m-%d %H:%M}"
