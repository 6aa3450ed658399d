"""Keys in the address of a request: found however they are quoted, and taken out of it."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import quote
from urllib.parse import unquote

from flask import Request

from ...controls.apikeys.policy import keys_in
from ...controls.apikeys.policy import Parts
from ...controls.apikeys.policy import PATTERN

#: What stands in the place of a query with a key.
_QUERY = "a-key-was-here"

_KEY = re.compile(PATTERN)

#: What Werkzeug keeps on the request once it was asked for.
_CACHED = ("args", "base_url", "full_path", "url", "values")


def keys_of(environ: t.Mapping[str, t.Any], start: str) -> list[Parts]:
    """Return the keys in the path or the query of a request.

    :param start: With what the app's keys begin, the underscore with it.
    """
    query = environ.get("QUERY_STRING", "")

    if "%" in query:
        # Twice, for a key may be in an address that is itself in the query.
        query = unquote(unquote(query))

    text = f"{environ.get('PATH_INFO', '')}?{query}"

    # All but very few requests end here.
    if start not in text:
        return []

    return [parts for parts in keys_in(text) if f"{parts.prefix}_" == start]


def mask(request: Request) -> None:
    """Take the keys out of what is known of the request's address.

    gunicorn writes its access log out of the environment after the answer, and error
    handlers ask the request. A server that took a copy before is out of reach.
    """
    environ = request.environ
    path = _KEY.sub(_masked, environ.get("PATH_INFO", ""))
    query = environ.get("QUERY_STRING", "")

    if any(True for _ in keys_in(unquote(unquote(query)))):
        query = _QUERY

    environ["PATH_INFO"], environ["QUERY_STRING"] = path, query
    whole = quote(environ.get("SCRIPT_NAME", "") + path) + (query and f"?{query}")

    for name in ("RAW_URI", "REQUEST_URI"):
        if name in environ:
            environ[name] = whole

    request.path, request.query_string = path, query.encode("latin-1")

    if request.view_args is not None:
        request.view_args = {
            name: _KEY.sub(_masked, value) if isinstance(value, str) else value
            for name, value in request.view_args.items()
        }

    for name in _CACHED:
        request.__dict__.pop(name, None)


def _masked(found: re.Match[str]) -> str:
    return f"{found[1]}_{found[2]}_removed"
