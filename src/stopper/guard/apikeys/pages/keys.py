"""The page of a user's keys: what there is, and how one is made, replaced and revoked."""

from __future__ import annotations

import typing as t

from flask import abort
from flask import Blueprint
from flask import Flask
from flask import request
from flask import Response
from flask.typing import ResponseReturnValue

from ....controls.apikeys.settings import HEADER
from ...accounts.moments import moment
from ...accounts.pages.face import done
from ...accounts.pages.face import given
from ...accounts.pages.face import shown
from ...accounts.pages.gate import here
from ...accounts.service import service
from ...authorization.marks import Marks
from ...authorization.marks import put
from ...mfa.marks import Freshness
from ..keys import NoSuchKey
from ..making import Made
from ..wishes import BadWish
from ..wishes import Wish

_PAGE = "stopper_accounts.keys"

#: A session that was stolen makes no key that outlives it.
_fresh = Freshness()


def register(blueprint: Blueprint, app: Flask) -> None:
    """Give the blueprint the pages, each of which looks itself at who asks."""
    asked = Marks(elsewhere=True)
    blueprint.add_url_rule("/keys", "keys", put(keys, asked))

    for path, name, view in (
        ("/keys", "key_make", make),
        ("/keys/<id>/rotate", "key_rotate", rotate),
        ("/keys/<id>/revoke", "key_revoke", revoke),
    ):
        blueprint.add_url_rule(path, name, put(view, asked), methods=["POST"])


def keys() -> ResponseReturnValue:
    """Show the keys of who is logged in."""
    return _page()


@_fresh()
def make() -> ResponseReturnValue:
    """Make a key, and show it: this once."""
    said = given()

    try:
        made = service().apikeys.make(here().id, _wish(said), own=True)
    except BadWish as e:
        return _page({e.field: str(e)}, 422, said)

    return _made(made)


@_fresh()
def rotate(id: str) -> ResponseReturnValue:
    """Put a new key in the place of one, and show it: this once."""
    try:
        return _made(service().apikeys.rotate(id, here().id))
    except NoSuchKey as e:
        return _page({"": str(e)}, 409)


@_fresh()
def revoke(id: str) -> ResponseReturnValue:
    """End a key at once."""
    if not service().apikeys.revoke(id, here().id):
        abort(404)

    return t.cast(ResponseReturnValue, done(_PAGE, revoked=id))


def _wish(said: t.Mapping[str, str]) -> Wish:
    """Return what a form, or JSON, asks for.

    :raises BadWish: If the days are no number.
    """
    days = said.get("days", "").strip()

    if days and not (days.isdecimal() and days.isascii() and len(days) < 6):
        raise BadWish("days", "Days are a number.")

    # A form sends each scope that was ticked; JSON has a space between them.
    ticked = request.form.getlist("scopes")
    return Wish(
        label=said.get("label", ""),
        scopes=tuple(" ".join(ticked or [said.get("scopes", "")]).split()),
        days=int(days) if days else None,
        networks=said.get("networks", ""),
        rate=said.get("rate", ""),
    )


def _page(
    errors: t.Mapping[str, str] | None = None,
    status: int = 200,
    said: t.Mapping[str, str] | None = None,
) -> Response:
    ours = service()
    now = ours.now
    found = ours.apikeys.listed(here().id)
    return shown(
        "stopper/keys.html",
        status=status,
        errors=errors,
        data={
            "keys": [key.as_dict(now) for key in found],
            "scopes": ours.apikeys.scopes(here().id),
            "max_days": ours.apikeys.max_days,
        },
        given=said or {},
        ticked=request.form.getlist("scopes"),
        moment=moment,
    )


def _made(made: Made) -> Response:
    answer = shown(
        "stopper/key.html",
        data={"key": made.key, **made.row.as_dict(service().now)},
        header=_header(),
        moment=moment,
    )
    answer.status_code = 201
    # Shown once: not kept by a cache, nor by the browser for its back button.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _header() -> str:
    name = HEADER.read(service().house.config)
    return f"{name}: {'Bearer ' if name.lower() == 'authorization' else ''}…"
