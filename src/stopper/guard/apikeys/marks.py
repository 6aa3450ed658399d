"""Which views take keys: marks on the function, its class or its blueprint."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t
from collections.abc import Callable
from collections.abc import Iterator

from flask import Flask

from ...catalogue.error import SettingError
from ...controls.apikeys.policy import is_scope
from ..authorization.marks import declares
from ..authorization.marks import stand
from ..authorization.places import around
from ..authorization.places import places
from ..declared import mark_on

MarkedT = t.TypeVar("MarkedT")

#: Where the mark stands. ``functools.wraps`` copies it along.
ATTRIBUTE = "_stopper_apikey"


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """What a view asks of a key.

    :param scopes: All of them are needed.
    """

    scopes: frozenset[str] = frozenset()

    @property
    def says(self) -> str:
        """The same in the words of a developer: ``"key with notes:read"``."""
        return f"key with {' '.join(sorted(self.scopes))}" if self.scopes else "key"

    def joined(self, other: Mark | None) -> Mark:
        """Return what both ask: a mark more never opens anything."""
        return self if other is None else Mark(self.scopes | other.scopes)


declares(ATTRIBUTE, lambda mark: str(mark.says), instead=True)


class Marking:
    """Has a view, a method of one, a class of views or a blueprint take keys.

    ::

        @app.get("/api/notes")
        @stopper.apikey("notes:read")
        def notes(): ...

    Such a view takes keys and nothing else: no cookie is looked at. One that is not
    marked takes no key.
    """

    def __call__(self, *scopes: str) -> Callable[[MarkedT], MarkedT]:
        """Ask for a key with all of these scopes; with none given, for any good key.

        Marks add up: those of a blueprint, a class and its method all hold.

        :raises SettingError: If one of them is no scope, or what is marked takes no mark.
        """
        for scope in scopes:
            if not isinstance(scope, str) or not is_scope(scope):
                shown = scope if isinstance(scope, str) else type(scope).__name__
                raise SettingError(
                    "stopper.apikey takes scopes, as in @stopper.apikey('notes:read'), "
                    f"and not {shown[:60]!r}."
                )

        mark = Mark(frozenset(scopes))

        def marker(view: MarkedT) -> MarkedT:
            if isinstance(view, Flask):
                raise SettingError(
                    "A whole app does not take keys, for its pages and its login would "
                    "take nothing else: mark the views, or a blueprint."
                )

            stand(view, ATTRIBUTE, mark.joined(mark_on(view, ATTRIBUTE, Mark)))
            return view

        return marker


def marked(app: Flask, endpoint: str | None, method: str) -> Mark | None:
    """Return what an endpoint asks of a key, ``None`` if it takes none."""
    if endpoint is None:
        return None

    view = app.view_functions.get(endpoint)
    inner = (place.thing for place in places(view, method))
    found: Mark | None = None

    # Wherever a mark is taken for a declaration, it is asked for.
    for thing in itertools.chain(inner, around(app, endpoint)):
        mark = mark_on(thing, ATTRIBUTE, Mark)
        found = mark.joined(found) if mark is not None else found

    return found


def every_mark(app: Flask) -> Iterator[tuple[str, Mark]]:
    """Yield the endpoints that take keys by any of their methods, with what they ask."""
    for rule in app.url_map.iter_rules():
        for method in rule.methods or ("GET",):
            mark = marked(app, rule.endpoint, method)

            if mark is not None:
                yield rule.endpoint, mark
