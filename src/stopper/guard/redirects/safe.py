"""Redirects that stay: for ``next=`` and for *back*."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect
from flask import request
from flask import url_for
from werkzeug.wrappers import Response

from ...controls.redirects.policy import leads_away
from .hosts import hosts


def safe_redirect(target: str | None, fallback: str = "/", code: int = 302) -> Response:
    """Redirect to ``target`` if it stays with the app, else to ``fallback``.

    ::

        return safe_redirect(request.args.get("next"), "index")

    The app's own hosts count, and those that were declared for redirects.

    :param target: An address that the request brought, ``None`` or empty for none.
    :param fallback: An address, or the name of an endpoint. It is the app's own word,
        and is not judged.
    :raises RuntimeError: Outside of a request.
    """
    ours = hosts()

    if target and not leads_away(target, ours):
        try:
            answer = redirect(target, code)
            sent = dict(answer.get_wsgi_headers(request.environ))["Location"]
        except ValueError:
            # A line break within, or half a character: no address.
            return redirect(_address(fallback), code)

        # What is sent was quoted on the way.
        if not leads_away(sent, ours):
            return answer

    return redirect(_address(fallback), code)


def redirect_back(
    fallback: str = "/", *, name: str = "next", code: int = 302
) -> Response:
    """Redirect to where the visitor came from, if that is the app, else to ``fallback``.

    That is what ``next`` says in the query or the form, else the page of ``Referer``.

    :param fallback: An address, or the name of an endpoint.
    :param name: The argument's name.
    :raises RuntimeError: Outside of a request.
    """
    target = request.values.get(name)

    if not target:
        target = request.referrer
        # Back to the page itself would go on for ever.
        itself = request.script_root + request.path

        if target and request.method in ("GET", "HEAD") and _path(target) == itself:
            target = None

    return safe_redirect(target, fallback, code)


def _path(address: str) -> str | None:
    try:
        return urlsplit(address).path
    except ValueError:
        return None


def _address(fallback: str) -> str:
    if fallback == "/":
        return f"{request.script_root}/"

    if fallback.startswith("/") or ":" in fallback:
        return fallback

    return url_for(fallback)
