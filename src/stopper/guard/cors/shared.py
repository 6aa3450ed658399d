"""Which routes of an app are shared, and with whom."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from flask import Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.routing import RequestRedirect
from werkzeug.routing import Rule

from ..declared import of_endpoint
from .marks import ATTRIBUTE
from .marks import Permission
from .marks import trusted

#: How many permissions are kept ready: more than any app has routes.
MOST_KEPT = 10_000


class Shared:
    """The permissions of an app's routes: the view's own, else the nearest blueprint's."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._found: dict[tuple[str, str], Permission | None] = {}

    def of(self, endpoint: str, method: str) -> Permission | None:
        """Return the permission of an endpoint for a method, ``None`` without one."""
        key = (endpoint, method)

        try:
            return self._found[key]
        except KeyError:
            found = of_endpoint(self._app, endpoint, method, ATTRIBUTE, Permission)

            # Where a rule names no methods, it can be anything that a client made up.
            if len(self._found) < MOST_KEPT:
                self._found[key] = found

            return found

    def named(self) -> frozenset[str]:
        """Return every origin that is named with credentials anywhere in the app."""
        return frozenset(
            o for _, p in self._every() if p.credentials for o in p.origins
        )

    def endpoints(self) -> frozenset[str]:
        """Return every endpoint that has a permission for any method."""
        return frozenset(endpoint for endpoint, _ in self._every())

    def _every(self) -> Iterator[tuple[str, Permission]]:
        for rule in self._app.url_map.iter_rules():
            for method in rule.methods or ("GET",):
                found = self.of(rule.endpoint, method)

                if found is not None:
                    yield rule.endpoint, found

    def trusts(self, request: Request, origin: str) -> bool:
        """Say whether the route of a request lets this origin act with cookies.

        What the control `csrf` asks before it refuses a request from elsewhere.
        """
        rule = request.url_rule

        if rule is None:
            return False

        found = self.of(rule.endpoint, request.method)
        return found is not None and trusted(found, origin, request.method)


def asked_for(adapter: MapAdapter | None, method: str) -> Rule | None:
    """Return the route that a preflight asks about, ``None`` if there is none."""
    if adapter is None:
        return None

    try:
        return adapter.match(method=method, return_rule=True)[0]
    except (HTTPException, RequestRedirect):
        # A browser follows no redirect of a preflight.
        return None
