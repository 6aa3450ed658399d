"""To which other hosts a view sends its visitors: a mark on the function, no wrapper."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

from ...catalogue.error import SettingError
from ...controls.redirects import policy
from .hosts import ATTRIBUTE
from .hosts import hosts
from .hosts import Leave

TargetT = t.TypeVar("TargetT")


class Redirecting:
    """Says where a view may send its visitors; works before ``init_app``."""

    def to(self, *hosts: str) -> Callable[[TargetT], TargetT]:
        """Let a view, a class of views or a blueprint redirect to these hosts.

        ::

            @app.get("/sso")
            @stopper.redirects.to("https://idp.example")
            def sso(): ...

        :param hosts: Hosts or origins; ``"*.idp.example"`` is every name below it, and
            ``"myapp:"`` an app on the visitor's machine.
        :raises SettingError: If there is none, or one is no host.
        """
        complaint = policy.complain(hosts) or (None if hosts else "takes hosts")

        if complaint:
            raise SettingError(f"redirects.to {complaint}.")

        found = Leave(tuple(map(policy.known_as, hosts)))

        def mark(target: TargetT) -> TargetT:
            setattr(target, ATTRIBUTE, found)
            return target

        return mark

    def leads_away(self, target: object) -> bool:
        """Say whether a browser that follows ``target`` leaves the app and its friends.

        The app's own hosts (``STOPPER_ORIGIN``), those of ``STOPPER_REDIRECT_HOSTS`` and
        those that the current view is marked with are no strangers.

        :raises RuntimeError: Outside of a request.
        """
        return policy.leads_away(target, hosts())
