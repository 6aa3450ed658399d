"""Notices pages that come out of a cache with the nonce of another request."""

from __future__ import annotations

import re

from flask import Request

from ...catalogue.event import Action
from ..house import House
from ..passage import Passage

_NONCE = re.compile(rb"""\snonce=["']?([A-Za-z0-9_-]{22})["'\s>]""")


def note_stale(house: House, passage: Passage, request: Request, body: bytes) -> None:
    """Say that a page holds a nonce that is not its own, which our policy will block."""
    if all(found == passage.nonce.encode() for found in _NONCE.findall(body)):
        return

    rule = request.url_rule

    if house.once(("stale-nonce", rule.rule if rule else None)):
        house.emit(
            "headers",
            "stale-nonce",
            Action.NOTED,
            "The page holds a nonce of another request, so it comes from a cache, "
            "and the browser will block its scripts. Set STOPPER_CSP_INLINE to "
            "'hash', or keep data in the cache and not pages.",
        )
