"""Who may look at keys, and who has to show first who they are."""

from __future__ import annotations

import json

from flask import current_app
from flask import redirect
from flask import Response
from flask import url_for
from flask.typing import ResponseReturnValue

from ...accounts import login
from ...accounts.pages.face import by_program
from ...accounts.service import service

#: The blueprint of the pages of accounts.
PAGES = "stopper_accounts"

#: Minutes for which a login is fresh enough to make and end keys.
MINUTES = 10


def user() -> str:
    """Return who is logged in, empty if nobody is."""
    known = login.current()
    return known.user if known is not None else ""


def turned_away(fresh: bool) -> ResponseReturnValue | None:
    """Answer who may not, ``None`` for who may.

    :param fresh: Whether the login has to be fresh: a session that was stolen makes
        no key that outlives it.
    """
    known = login.current()

    if known is None:
        return _lead("login", "Log in first")

    if fresh and not 0 <= service().now - known.fresh <= MINUTES * 60:
        return _lead("confirm", "Show again who you are")

    return None


def _lead(page: str, title: str) -> ResponseReturnValue:
    """Lead a browser to a page, and tell a program of it (RFC 9457)."""
    endpoint = f"{PAGES}.{page}"
    there = endpoint in current_app.view_functions

    if there and not by_program():
        return redirect(url_for(endpoint, next=url_for(f"{PAGES}.keys")), 303)

    said = {"type": "about:blank", "title": title, "status": 401}
    more = {page: url_for(endpoint)} if there else {}
    body = json.dumps({**said, **more})
    return Response(body, 401, mimetype="application/problem+json")
