"""Notices a proxy that nobody named, whose clients would all be counted as one."""

from __future__ import annotations

import ipaddress
import typing as t

from flask import Request

from ...catalogue.event import Action
from ...controls.ratelimits.control import RATELIMITS
from ..house import House


def note_proxy(house: House, request: Request) -> None:
    """Say that clients may have been counted as one, their proxy's address."""
    if "HTTP_X_FORWARDED_FOR" not in request.environ or house.config.get(
        "STOPPER_PROXIES"
    ):
        return

    if _inside(request.remote_addr) and house.once("limits-proxy"):
        house.emit(
            RATELIMITS.name,
            "proxy-counted",
            Action.NOTED,
            "Requests come from an address inside, with X-Forwarded-For: if that is "
            "your proxy's, all its clients are counted as one. STOPPER_PROXIES says "
            "which proxy is believed.",
        )


def _inside(address: t.Any) -> bool:
    try:
        return ipaddress.ip_address(address or "127.0.0.1").is_private
    except ValueError:
        return True
