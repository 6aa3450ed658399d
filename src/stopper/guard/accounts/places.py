"""Where the pages of accounts are, for mails, and where a request comes from."""

from __future__ import annotations

from flask import has_request_context
from flask import request

from ...controls.accounts.settings import ACCOUNTS_PATH
from ...controls.general import local
from ..house import House
from ..identity import client
from .browsers import browser


def link_to(house: House, page: str) -> str:
    """Return the whole address of a page of accounts, for a mail.

    It is built from ``STOPPER_ORIGIN``. Where there is none, on a developer's machine,
    the ``Host`` of the request is taken if it names that very machine.

    :param page: ``"reset"``.
    """
    root, origin = "", house.origins.main

    if has_request_context():
        root = request.script_root

        if not origin and local(request.host):
            origin = f"{request.scheme}://{request.host}"

    path = ACCOUNTS_PATH.read(house.config)
    return f"{origin or 'http://localhost'}{root}{path}/{page}"


def here() -> tuple[str, str]:
    """Return which browser asks, in our words, and its address; empty if nobody does."""
    if not has_request_context():
        return "", ""

    return browser(request.headers.get("User-Agent", "")), (client() or "")[:64]
