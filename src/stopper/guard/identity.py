"""Who is asking, and from where: one answer for every guard."""

from __future__ import annotations

import functools
import ipaddress
import typing as t
from collections.abc import Callable

from flask import current_app
from flask import Flask
from flask import g
from flask import has_request_context
from flask import request
from flask import session

from .passage import KEY
from .passage import Passage

Loader = Callable[[], str | None]
LoaderT = t.TypeVar("LoaderT", bound=Loader)


class Identity:
    """Says who is asking. Called without an argument it answers; with one, it learns how.

    ::

        @stopper.identity
        def who() -> str | None:
            return session.get("user_id")

    Until a function is registered, a user of Flask-Login counts.
    """

    def __init__(self) -> None:
        self._loader: Loader | None = None

    def unheard_of(self, app: Flask) -> bool:
        """Whether nothing in this app could say who is asking."""
        return self._loader is None and not hasattr(app, "login_manager")

    @property
    def told(self) -> bool:
        """Whether the app registered a function."""
        return self._loader is not None

    @t.overload
    def __call__(self) -> str | None: ...

    @t.overload
    def __call__(self, loader: LoaderT) -> LoaderT: ...

    def __call__(self, loader: LoaderT | None = None) -> LoaderT | str | None:
        """Return who is asking, or register the function that knows.

        :param loader: Takes nothing and returns the id of the user, ``None`` for a
            visitor who is not logged in. Called once or more in a request.
        """
        if loader is not None:
            self._loader = loader
            return loader

        if not has_request_context():
            return None

        passage = request.environ.get(KEY)

        # A program acts for the owner of its key, whatever the app looks at.
        if isinstance(passage, Passage) and passage.key is not None:
            return passage.key.user

        found = self._loader() if self._loader else _flask_login()
        return None if found is None else str(found)


def _flask_login() -> str | None:
    """Return the id of Flask-Login's user, without loading one from the database."""
    if not hasattr(current_app, "login_manager"):
        return None

    user = g.get("_login_user")

    if user is not None:
        return str(user.get_id()) if user.is_authenticated else None

    found = session.get("_user_id") if session else None
    return None if found is None else str(found)


def client() -> str | None:
    """Return the address of the peer that asks."""
    return request.remote_addr if has_request_context() else None


# Read at every request that is counted, of the same few thousand addresses.
@functools.lru_cache(maxsize=4096)
def network(address: str | None) -> str:
    """Return who is counted: an IPv4 address, or the /64 that one IPv6 host owns."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"

    if isinstance(found, ipaddress.IPv4Address):
        return str(found)

    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
