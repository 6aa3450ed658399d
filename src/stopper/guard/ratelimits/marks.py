"""The limits of a single view: marks on the function, its class or its blueprint."""

from __future__ import annotations

import dataclasses
import typing as t
from collections.abc import Callable
from collections.abc import Iterable

from flask import Flask

from ...catalogue.error import SettingError
from ...controls.ratelimits.policy import NAME
from ...controls.ratelimits.policy import Rate
from ...controls.ratelimits.policy import rates
from ..declared import standing

MarkedT = t.TypeVar("MarkedT")

#: How many tries a request counts as, or what says so.
Cost = int | Callable[[], int]

#: Where the marks stand. ``functools.wraps`` copies it along.
ATTRIBUTE = "_stopper_limits"

#: Who can be counted.
PER = ("client", "user", "route")

_METHOD = frozenset(
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
)


@dataclasses.dataclass(frozen=True, slots=True)
class Declared:
    """One limit, as it was declared.

    :param rates: Empty where ``policy`` names one of ``STOPPER_LIMITS``.
    :param methods: ``None`` for all but OPTIONS; GET stands for HEAD too.
    :param name: Views whose limits have the same name share one allowance; empty for
        one of the view's own.
    :param setting: The setting that lays it on every view; empty for the view's own.
    """

    rates: tuple[Rate, ...]
    policy: str
    per: str
    cost: Cost
    methods: frozenset[str] | None
    name: str
    setting: str = ""

    def holds(self, method: str) -> bool:
        """Say whether it counts requests of this method."""
        if self.methods is None:
            return method != "OPTIONS"

        # A HEAD request is served by the same function.
        return method in self.methods or (method == "HEAD" and "GET" in self.methods)


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """The limits of a view.

    :param exempt: Whether the limits that the settings lay on every view are not for
        this one.
    """

    limits: tuple[Declared, ...] = ()
    exempt: bool = False

    def joined(self, inner: Marks) -> Marks:
        """Return these marks and those of ``inner``: all of them hold."""
        return Marks(self.limits + inner.limits, self.exempt or inner.exempt)


#: The marks of a view that has none.
NONE = Marks()


class Limiting:
    """Limits how often a view is asked; works before ``init_app``.

    ::

        @app.post("/comments")
        @stopper.limit("5/minute", per="user")
        def comment(): ...
    """

    def __call__(
        self,
        rate: str,
        *,
        per: str = "client",
        cost: Cost = 1,
        methods: Iterable[str] | None = None,
        name: str = "",
    ) -> Callable[[MarkedT], MarkedT]:
        """Limit a view, a method of a class of views, the class, or a blueprint.

        Several limits on one view all hold. On a blueprint each of its views is
        counted by itself, unless the limit has a name.

        :param rate: ``"5/minute"``, ``"10 per 2 hours; 100/day"``, or a name out of
            ``STOPPER_LIMITS``.
        :param per: Who is counted: the ``"client"``, the ``"user"`` (a visitor who is
            not logged in counts as client), or the whole ``"route"`` for everybody.
        :param cost: How many tries a request counts as; a function is asked at each
            request, once the session can be read.
        :param methods: The methods that count, all but OPTIONS if not given. With GET
            goes HEAD, which the same function serves.
        :param name: Views with the same name share one allowance.
        :raises SettingError: If one of them is none.
        """
        if not isinstance(rate, str):
            raise SettingError(
                "stopper.limit takes a rate such as '5/minute', and not "
                f"{type(rate).__name__}."
            )

        named = bool(NAME.match(rate))
        declared = Declared(
            rates=() if named else _rates(rate),
            policy=rate if named else "",
            per=per,
            cost=cost,
            methods=None if methods is None else _methods(methods),
            name=name,
        )
        _check(declared)
        return _marker(Marks((declared,)))

    def exempt(self, view: MarkedT) -> MarkedT:
        """Take a view, a class or a blueprint out of the limits of the settings.

        Limits that are declared go on to hold.
        """
        return _marker(Marks(exempt=True))(view)


def _rates(text: str) -> tuple[Rate, ...]:
    try:
        return rates(text)
    except ValueError as e:
        raise SettingError(
            f"stopper.limit takes a rate such as '5/minute': {e}."
        ) from None


def _methods(methods: Iterable[str]) -> frozenset[str]:
    given = [methods] if isinstance(methods, str) else methods
    return frozenset(method.upper() for method in given)


def _check(limit: Declared) -> None:
    if limit.per not in PER:
        raise SettingError(
            f"stopper.limit counts per one of {', '.join(PER)}, and not {limit.per!r}."
        )

    if limit.name and not NAME.match(limit.name):
        raise SettingError(
            "stopper.limit takes a name of letters, digits, '.', '_' and '-', and not "
            f"{limit.name[:60]!r}."
        )

    if limit.methods is not None and (not limit.methods or limit.methods - _METHOD):
        raise SettingError(
            "stopper.limit takes methods of HTTP, and not "
            f"{', '.join(sorted(limit.methods - _METHOD)) or 'none'}."
        )

    if callable(limit.cost):
        return

    least = min((rate.amount for rate in limit.rates), default=None)

    if limit.cost < 1 or (least is not None and limit.cost > least):
        raise SettingError(
            f"stopper.limit takes a cost from 1 to {least or 'the amount'}, "
            f"and not {limit.cost!r}."
        )


def _marker(marks: Marks) -> Callable[[MarkedT], MarkedT]:
    def mark(found: MarkedT) -> MarkedT:
        setattr(found, ATTRIBUTE, marks.joined(marks_on(found)))
        return found

    return mark


def marks_on(found: object) -> Marks:
    """Return the marks that stand on this very thing."""
    marks = getattr(found, ATTRIBUTE, None)
    return marks if isinstance(marks, Marks) else NONE


def marks_of(view: object, method: str) -> Marks:
    """Return the marks of a view function, for a request of this method."""
    marks = NONE

    for place in standing(view, method):
        marks = marks.joined(marks_on(place))

    return marks


def marks_at(app: Flask, endpoint: str, method: str) -> Marks:
    """Return the marks of an endpoint: its view's, and those of its blueprints."""
    marks = marks_of(app.view_functions.get(endpoint), method)
    parent = endpoint

    while "." in parent:
        parent = parent.rpartition(".")[0]
        marks = marks_on(app.blueprints.get(parent)).joined(marks)

    return marks
