"""What a request says: everything that a view may have made an address of."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from urllib.parse import unquote

from flask import Request

#: Headers that name hosts in the ordinary course of things. Where one is the whole
#: target, :func:`repeated` sees it.
_ORDINARY = frozenset(
    f"HTTP_{name}"
    for name in ("COOKIE", "FROM", "ORIGIN", "REFERER", "USER_AGENT", "VIA")
)


def values(request: Request) -> Iterator[str]:
    """Yield the query, the path, headers, and what the view has read of the body."""
    environ = request.environ
    yield _text(environ.get("QUERY_STRING", ""))
    yield request.path

    for name, value in environ.items():
        if name.startswith("HTTP_") and name not in _ORDINARY:
            yield _text(value)

    # A body that nobody has read is in no address.
    read = request.__dict__

    if "form" in read:
        for name, value in read["form"].items(multi=True):
            yield name
            yield value

    data = read.get("_cached_data")

    if isinstance(data, bytes):
        yield data.decode("utf-8", "replace")

    for parsed in read.get("_cached_json", ()):
        yield from _strings(parsed)


def repeated(request: Request, location: str) -> bool:
    """Say whether an address is that of ``Referer``, or the whole of a cookie."""
    bare = _bare(location)
    referrer = request.environ.get("HTTP_REFERER", "")

    if referrer and bare == _bare(_text(referrer)):
        return True

    return any(bare == _bare(unquote(v).strip('"')) for v in request.cookies.values())


def _bare(address: str) -> str:
    return address.partition("#")[0].partition("?")[0].strip().rstrip("/").lower()


def _text(value: object) -> str:
    # WSGI hands bytes over as Latin-1 (PEP 3333).
    return str(value).encode("latin-1", "replace").decode("utf-8", "replace")


def _strings(parsed: t.Any) -> Iterator[str]:
    waiting = [parsed]

    while waiting:
        found = waiting.pop()

        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting.extend(found)
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)
