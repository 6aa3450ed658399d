"""Shows one user, or all of them."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import click

from ..guard.accounts.browsers import browser
from ..guard.accounts.history import LOGIN
from ..guard.accounts.history import NEW
from ..guard.accounts.moments import moment
from ..guard.accounts.people import OurPeople
from ..guard.accounts.people import Person
from ..guard.accounts.service import Service
from ..guard.sessions.listing import Sessions
from . import Refusal

#: How many of the last logins are shown.
LOGINS = 5


def show(ours: Service, who: Person, as_json: bool) -> None:
    """Print what is known of a user."""
    facts = _facts(ours, who)

    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return

    for line in _lines(facts):
        click.echo(line)


def _facts(ours: Service, who: Person) -> dict[str, t.Any]:
    with ours.database.reading() as sql:
        factors = ours.factors.listed(sql, who.id)
        codes = ours.factors.recovery.left(sql, who.id)

    logins = [e for e in ours.history.of(who.id) if e.name in (LOGIN, NEW)][:LOGINS]
    return {
        **_short(who),
        "password": who.password is not None,
        "factors": [dataclasses.asdict(one) for one in factors],
        "recovery_codes": codes,
        "roles": sorted(ours.access.roles_of(who.id)),
        "sessions": _sessions(who.id),
        "devices": [dataclasses.asdict(one) for one in ours.devices.listed(who.id)],
        "keys": [key.as_dict(ours.now) for key in ours.apikeys.listed(who.id)],
        "logins": [dataclasses.asdict(one) for one in logins],
    }


def _short(who: Person) -> dict[str, t.Any]:
    return {
        "id": who.id,
        "address": who.address,
        "name": who.name,
        "active": who.active,
        "verified": who.verified,
    }


def _sessions(user: str) -> list[dict[str, t.Any]]:
    return [
        {
            "device": browser(one.device),
            "place": one.place,
            "created": one.created,
            "seen": one.seen,
        }
        for one in Sessions().of(user)
    ]


def _lines(facts: dict[str, t.Any]) -> t.Iterator[str]:
    yield _line(facts)
    yield f"name: {_plain(facts['name']) or 'none'}"
    yield f"password: {'set' if facts['password'] else 'none'}"
    kinds = [f"{f['kind']} {_plain(f['label'])}" for f in facts["factors"]]
    codes = f"{facts['recovery_codes']} recovery codes"
    yield f"factors: {', '.join([*kinds, codes]) if kinds else 'none'}"
    yield f"roles: {' '.join(facts['roles']) or 'none'}"
    yield from _several("session", facts["sessions"], _where)
    yield from _several("remembered", facts["devices"], _remembered)
    yield from _several("key", facts["keys"], _key)
    yield from _several("login", facts["logins"], _login)


def _several(
    what: str, found: list[dict[str, t.Any]], say: t.Callable[[dict[str, t.Any]], str]
) -> t.Iterator[str]:
    if not found:
        yield f"{what}: none"

    for one in found:
        yield f"{what}: {say(one)}"


def _where(one: dict[str, t.Any]) -> str:
    place = one["place"] or "an unknown place"
    return f"{one['device']} at {place}, last seen {moment(one['seen'])}"


def _remembered(one: dict[str, t.Any]) -> str:
    return f"{_where(one)}, for {one['purpose']} until {moment(one['ends'])}"


def _key(one: dict[str, t.Any]) -> str:
    end = f"until {moment(one['expires_at'])}"
    return f"{one['id']} {_plain(one['label'])} {one['state']} {end}"


def _login(one: dict[str, t.Any]) -> str:
    return f"{moment(one['at'])}, {one['device']} at {one['place'] or 'unknown'}"


def _line(facts: dict[str, t.Any]) -> str:
    state = "active" if facts["active"] else "switched off"
    verified = "verified" if facts["verified"] else "not verified"
    return f"{_plain(facts['address'])}  {facts['id']}  {state}, {verified}"


def _plain(text: str) -> str:
    """Return what a user wrote, without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def listed(ours: Service, inactive: bool, as_json: bool) -> None:
    """Print all users, or those that are switched off.

    :raises Refusal: If they are not in a table of accounts.
    """
    people = ours.people

    if not isinstance(people, OurPeople):
        raise Refusal("The users are in a table of the app's own, which lists them.")

    with ours.database.reading() as sql:
        found = (_short(one) for one in people.every(sql, inactive))

        if as_json:
            click.echo(json.dumps(list(found), indent=2))
            return

        for one in found:
            click.echo(_line(one))
