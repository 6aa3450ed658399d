"""How the pages behind links of mails are: they give the link away to nobody."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from flask import Blueprint
from flask import current_app
from flask import request
from flask import Response

from ...passage import current as passage_of
from .face import shown

#: The endpoints whose address holds a token.
ENDPOINTS = frozenset({"verify_link", "reset_link", "address_link", "address_stop"})

_DEAD = (
    "This link is no good any more: it was used, a newer one was sent, or its time is "
    "over."
)


def lay(blueprint: Blueprint, path: str, view: Callable[..., t.Any]) -> None:
    """Lay the page of a link on the blueprint.

    The token is in the address that the mail has, which only shows a button. What the
    button sends goes to an address without it, which logs may keep.
    """
    blueprint.add_url_rule(f"{path}/link", view_func=view, methods=["POST"])
    blueprint.add_url_rule(f"{path}/<token>", view_func=view, methods=["GET"])


def dead(again: str) -> Response:
    """Answer that a link is no good.

    :param again: The endpoint at which there is another one.
    """
    return shown("stopper/dead.html", status=410, errors={"": _DEAD}, again=again)


def sealed(response: Response) -> Response:
    """Keep the address of a page out of the ``Referer`` of the next, and out of caches.

    Every page has a number, for a request that an event is about has one: whether an
    account was opened, or was there before, must not show in it.
    """
    passage = passage_of(current_app.extensions["stopper"])

    if passage is not None:
        response.headers["X-Request-ID"] = passage.request_id

    if (request.endpoint or "").rpartition(".")[2] in ENDPOINTS:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"

    return response
