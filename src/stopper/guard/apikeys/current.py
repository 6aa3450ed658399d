"""The key of the current request, for views."""

from __future__ import annotations

import typing as t

from flask import has_request_context
from flask import request
from werkzeug.local import LocalProxy

from ..passage import KEY
from ..passage import Passage
from .key import Key


def key() -> Key | None:
    """Return the key that the current request brought, ``None`` if it takes none.

    Only a view that is marked with ``@stopper.apikey`` has one.
    """
    if not has_request_context():
        return None

    found = request.environ.get(KEY)
    return found.key if isinstance(found, Passage) else None


#: The key of the current request; false where there is none.
current_key = t.cast(Key, LocalProxy(key))
