"""How one is asked again who one is, and led back from there."""

from __future__ import annotations

import json
import typing as t

from flask import redirect
from flask import request
from flask import Response
from flask import url_for

from ...controls.redirects.policy import leads_away
from ..answers import Form
from ..answers import form_for
from ..redirects.hosts import hosts

_SAFE = frozenset({"GET", "HEAD"})


def lead(endpoint: str, title: str, status: int, name: str) -> Response:
    """Answer a request that is not served until something else was done.

    A browser is led to the page, and from there to where it wanted to; a program gets
    the address of it as problem details (RFC 9457).

    :param endpoint: The page.
    :param status: What a program gets, 401 or 403.
    :param name: What the member is called that holds the address: ``"step_up"``.
    """
    if form_for(request.environ) is Form.PAGE and not request.is_json:
        again = None if request.method in _SAFE else "1"
        target = url_for(endpoint, next=_back(), again=again)
        return t.cast(Response, redirect(target, 303))

    fields = {"type": "about:blank", "title": title, "status": status}
    body = json.dumps({**fields, name: url_for(endpoint)})
    return Response(body, status, mimetype="application/problem+json")


def _back() -> str:
    """Return where to go on afterwards: here, or to the page that a form was on."""
    if request.method in _SAFE:
        query = request.query_string.decode("latin-1")
        path = request.script_root + request.path
        return f"{path}?{query}" if query else path

    came = request.referrer

    if came and not leads_away(came, hosts()):
        return came

    return f"{request.script_root}/"
