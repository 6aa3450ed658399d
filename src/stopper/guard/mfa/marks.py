"""Which views ask again who it is: a mark on the function, no wrapper."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t
from collections.abc import Callable

from flask import Flask

from ...catalogue.error import SettingError
from ..authorization.marks import stand
from ..authorization.places import around
from ..authorization.places import places
from ..declared import mark_on

TargetT = t.TypeVar("TargetT")

#: Where the mark stands. ``functools.wraps`` copies it along.
ATTRIBUTE = "_stopper_fresh"


@dataclasses.dataclass(frozen=True, slots=True)
class Fresh:
    """How long ago somebody may have shown who they are.

    :param minutes: ``None`` for those of ``STOPPER_FRESH_MINUTES``.
    """

    minutes: int | None


class Freshness:
    """Has a view ask again who it is; works before ``init_app``.

    ::

        @app.post("/payments")
        @stopper.fresh(minutes=10)
        def pay(): ...
    """

    def __call__(self, minutes: int | None = None) -> Callable[[TargetT], TargetT]:
        """Let only those ask who showed who they are within so many minutes.

        Others are led to a page that asks for it, and back with a GET: what a form
        sent is not sent again. It marks a view, a method of a class of views, the class
        or a blueprint. The nearest mark counts.

        :param minutes: Those of ``STOPPER_FRESH_MINUTES`` if not given.
        :raises SettingError: If that is no number from 1 up.
        """
        # Written without its parentheses, it is given the view.
        number = type(minutes) is int and minutes >= 1

        if minutes is not None and not number:
            raise SettingError(
                "stopper.fresh takes minutes from 1 up, and is written with "
                "parentheses: @stopper.fresh() or @stopper.fresh(minutes=5)."
            )

        mark = Fresh(minutes)

        def put(target: TargetT) -> TargetT:
            stand(target, ATTRIBUTE, mark)
            return target

        return put


def fresh_of(app: Flask, endpoint: str, method: str) -> Fresh | None:
    """Return the mark of an endpoint for a request of this method, if it has one."""
    view = app.view_functions.get(endpoint)
    inner = (place.thing for place in places(view, method))

    for thing in itertools.chain(inner, around(app, endpoint)):
        mark = mark_on(thing, ATTRIBUTE, Fresh)

        if mark is not None:
            return mark

    return None


def anywhere(app: Flask) -> bool:
    """Say whether any view of an app has the mark."""
    return any(
        fresh_of(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ("GET",)
    )
