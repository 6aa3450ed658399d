"""The hosts to which an app may lead."""

from __future__ import annotations

import dataclasses

from flask import current_app
from flask import Flask
from flask import Request
from flask import request
from werkzeug.exceptions import SecurityError

from ...controls.general import origin_of
from ...controls.redirects.control import REDIRECT_HOSTS
from ...controls.redirects.policy import known_as
from ..declared import of_endpoint
from ..house import House

#: Where the mark stands on a view, a class of views or a blueprint.
ATTRIBUTE = "_stopper_redirects"


@dataclasses.dataclass(frozen=True, slots=True)
class Leave:
    """The hosts to which a view may send its visitors, though the request names them."""

    hosts: tuple[str, ...]


def friends(house: House) -> tuple[str, ...]:
    """Return the hosts of ``STOPPER_REDIRECT_HOSTS``, as they are compared."""
    return tuple(map(known_as, REDIRECT_HOSTS.read(house.config)))


def marked(app: Flask, asked: Request) -> tuple[str, ...]:
    """Return the hosts that the view of a request is marked with."""
    endpoint = asked.endpoint

    if endpoint is None:
        return ()

    mark = of_endpoint(app, endpoint, asked.method, ATTRIBUTE, Leave)
    return mark.hosts if mark else ()


def its_own(asked: Request) -> tuple[str, ...]:
    """Return the host of a request, for an app that knows none of its own."""
    try:
        return (origin_of(asked.scheme, asked.host).partition("://")[2],)
    except SecurityError:
        # It is none of TRUSTED_HOSTS.
        return ()


def hosts() -> tuple[str, ...]:
    """Return every host to which the current request may lead.

    Where no Stopper is in the app, that is the request's own alone.

    :raises RuntimeError: Outside of a request.
    """
    watch = current_app.extensions.get("stopper")

    if watch is None:
        return its_own(request)

    house: House = watch.settle().house
    ours = house.origins.hosts or its_own(request)
    return (*ours, *friends(house), *marked(house.app, request))
