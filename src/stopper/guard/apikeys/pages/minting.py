"""Where a program changes its key into a token that lives for some minutes."""

from __future__ import annotations

import typing as t

from flask import Blueprint
from flask import Flask
from flask import jsonify
from flask import Response

from ....catalogue.event import Action
from ....controls.apikeys.settings import TOKEN_SECONDS
from ...accounts.pages.face import given
from ...accounts.service import service
from ...refusal import Refusal
from ...refusal import Refused
from ..current import current_key
from ..marks import Marking
from ..refusals import wrong_key

_takes_keys = Marking()


def register(blueprint: Blueprint, app: Flask) -> None:
    """Give the blueprint the route."""
    blueprint.add_url_rule("/token", "token", mint, methods=["POST"])


@_takes_keys()
def mint() -> Response:
    """Answer with a token for the key that came (as RFC 6749, 5.1 has it).

    The body may say ``scope``, some of the key's scopes with a space between them, and
    ``expires_in``, fewer seconds than ``STOPPER_APIKEY_TOKEN_SECONDS``.
    """
    # A token that makes tokens would live for good.
    if current_key.token:
        _refuse(wrong_key("token-for-token", current_key.id))

    said = given()
    ours = service()
    scopes = frozenset(said["scope"].split()) if "scope" in said else current_key.scopes
    most = TOKEN_SECONDS.read(ours.house.config)
    seconds = _seconds(said.get("expires_in", str(most)))

    if not scopes <= current_key.scopes:
        return _failed("invalid_scope", "The key has not all of these scopes.")

    if not 0 < seconds <= most:
        return _failed("invalid_request", f"expires_in takes 1 to {most} seconds.")

    token = ours.apikeys.mint(current_key.id, scopes, seconds)
    return _kept_nowhere(
        access_token=token,
        token_type="Bearer",  # noqa: S106  # its name
        expires_in=seconds,
        scope=" ".join(sorted(scopes)),
    )


def _seconds(text: str) -> int:
    """Return the number that a program wrote, 0 for what is none."""
    # The length first: Python takes its time to read a very long number.
    return int(text) if len(text) < 6 and text.isascii() and text.isdecimal() else 0


def _refuse(refusal: Refusal) -> t.NoReturn:
    service().house.emit(
        "apikeys",
        refusal.name,
        Action.REFUSED,
        refusal.message,
        None,
        **refusal.details,
    )
    raise Refused("apikeys", refusal)


def _failed(error: str, says: str) -> Response:
    answer = _kept_nowhere(error=error, error_description=says)
    answer.status_code = 400
    return answer


def _kept_nowhere(**data: t.Any) -> Response:
    answer = jsonify(**data)
    answer.headers["Cache-Control"] = "no-store"
    return answer
