"""The token that came with a request: in a header, or in the field of a form."""

from __future__ import annotations

import io
from collections.abc import Mapping

from flask import Flask
from flask import Request

from . import neighbours
from .fields import FIELD
from .fields import OWN_FIELD

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

#: Bytes up to which a form without files is kept whole, where Flask has no limit.
_FORM = 500_000


def sent_with(app: Flask, request: Request) -> str:
    """Return the token that came with a request, empty if none did."""
    headers = request.headers
    sent = headers.get("X-CSRFToken") or headers.get("X-CSRF-Token")

    if sent or request.mimetype not in _FORMS:
        return sent or ""

    form = form_of(request)
    own = form.get(OWN_FIELD) or form.get(FIELD)
    return own or neighbours.sent(app, request)


def form_of(request: Request) -> Mapping[str, str]:
    """Return the form that came with a request, empty if none did.

    A form without files is left to whoever reads the body next.
    """
    if request.mimetype not in _FORMS:
        return {}

    length = request.content_length
    limit = request.max_form_memory_size or _FORM

    if not multipart(request) and length is not None and length <= limit:
        _keep(request)

    return request.form


def multipart(request: Request) -> bool:
    """Say whether the body is a form that may hold files."""
    return request.mimetype == "multipart/form-data"


def _keep(request: Request) -> None:
    """Read the body for the token, and leave it to whoever reads it next."""
    stream = request.environ.get("wsgi.input")
    whole = stream if isinstance(stream, io.BytesIO) else io.BytesIO()
    start = whole.tell()
    # Kept, so that a view that reads the body itself still finds it.
    request.get_data()

    # A test client sends the same object once more where 307 or 308 redirects it.
    whole.seek(start)
