"""Who may ask for which view and method, worked out once for each."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule

from ...controls.ratelimits.policy import SAFE
from ..headers.caching import is_static
from .foreign import Foreign
from .kept import Kept
from .marks import Marks
from .marks import nearest
from .marks import Need
from .marks import on
from .marks import others
from .places import around
from .places import Place
from .places import places

#: What ``flask stopper routes`` says of a route that nothing declares.
UNDECLARED = "UNDECLARED"


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """Who may ask for one view, by one method.

    :param says: What was declared, in the words of a developer; empty for nothing.
    :param needs: All of them are asked for.
    """

    says: str
    needs: tuple[Need, ...] = ()

    @property
    def hidden(self) -> bool:
        """Whether to everybody else the route does not exist."""
        return any(need.hidden for need in self.needs)


_NOTHING = Entry("")
_PUBLIC = Entry("public")


class Table:
    """Who may ask for which endpoint and method.

    :param strict: Whether a view of which nothing is declared is asked about, too.
    :param probed: The paths of probes, which the setting that names them declares.
    """

    def __init__(
        self,
        app: Flask,
        foreign: Foreign,
        strict: bool,
        probed: Collection[str] = (),
    ) -> None:
        self._app = app
        self._probed = _only_at(app, probed)
        self._foreign = foreign
        self._strict = strict
        #: What is to be asked, ``None`` where the view may be called at once.
        self.of = Kept(app, self._asked).of

    def hides(self) -> bool:
        """Say whether any route of the app is a secret."""
        return any(self.entry(*one).hidden for _, *one in self.every())

    def _asked(self, endpoint: str, method: str) -> Entry | None:
        entry = self.entry(endpoint, method)
        return entry if entry.needs or (self._strict and not entry.says) else None

    def entry(self, endpoint: str, method: str) -> Entry:
        """Return what is declared: nearest first, at the view and at what it is in."""
        view = self._app.view_functions.get(endpoint)

        if view is None:
            return _NOTHING

        at = tuple(places(view, method))
        own = _own(view, at)

        if own is not None:
            return _told(own)

        instead = tuple(others([place.thing for place in at], instead=True))

        if instead:
            return Entry("; ".join(instead))

        if is_static(self._app, endpoint):
            return _PUBLIC

        things = [place.thing for place in at if place.opens]
        return self._of_others(endpoint, view, method, things)

    def _of_others(
        self, endpoint: str, view: object, method: str, things: list[object]
    ) -> Entry:
        """Return what is declared where the view itself says nothing."""
        outer = list(around(self._app, endpoint))
        marks = nearest(map(Place, outer))

        # What a library's decorator asks for is not what the blueprint asks for.
        if marks is not None and marks.needs:
            return _told(marks)

        names = itertools.chain(
            others([*things, *outer]), self._asked_elsewhere(endpoint, view, method)
        )
        found = ", ".join(dict.fromkeys(names))

        if found:
            return Entry(found)

        if marks is None and endpoint in self._probed and method in SAFE:
            return _PUBLIC

        return _NOTHING if marks is None else _told(marks)

    def undeclared(self) -> Iterator[tuple[Rule, str]]:
        """Yield every route and method of which nothing is declared."""
        for rule, endpoint, method in self.every():
            if not self.entry(endpoint, method).says:
                yield rule, method

    def secrets_with_keys(self) -> Iterator[tuple[Rule, str]]:
        """Yield every secret route that takes something in the place of a login."""
        for rule, endpoint, method in self.every():
            view = self._app.view_functions.get(endpoint)
            at = [place.thing for place in places(view, method)]
            keys = others([*at, *around(self._app, endpoint)], instead=True)

            if self.entry(endpoint, method).hidden and any(keys):
                yield rule, method

    def every(self) -> Iterator[tuple[Rule, str, str]]:
        """Yield every route, its endpoint and its methods, but for what Flask adds."""
        for rule in self._app.url_map.iter_rules():
            for method in () if rule.build_only else sorted(rule.methods or {"GET"}):
                if not automatic(rule, method):
                    yield rule, rule.endpoint, method

    def _asked_elsewhere(
        self, endpoint: str, view: object, method: str
    ) -> Iterator[str]:
        """Yield the decorators of others that ask who is there."""
        parts = endpoint.split(".")[:-1]
        names = [".".join(parts[:n]) for n in range(1, len(parts) + 1)]

        for name in itertools.chain(
            self._foreign.on_view(view, method),
            self._foreign.before(self._app, [None, *names]),
        ):
            yield f"declared by {name}"


def _own(view: object, at: Iterable[Place]) -> Marks | None:
    """Return the marks of a view itself, the nearest ones.

    What is required around ``as_view()``, or in ``decorators``, holds beside those of
    the class: for this address it was said last.
    """
    found = nearest(at)
    outer = on(view) if hasattr(view, "view_class") else None

    if found is None or outer is None or outer is found:
        return found

    return Marks(needs=outer.needs + found.needs) if outer.needs else found


def _only_at(app: Flask, paths: Collection[str]) -> frozenset[str]:
    """Return the endpoints that are found at these paths and nowhere else."""
    rules = list(app.url_map.iter_rules()) if paths else []
    elsewhere = {rule.endpoint for rule in rules if rule.rule not in paths}
    return frozenset({rule.endpoint for rule in rules} - elsewhere)


def automatic(rule: Rule, method: str) -> bool:
    """Say whether Flask answers by itself, or as it does GET."""
    if method == "HEAD":
        return "GET" in (rule.methods or ())

    return method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)


def _told(marks: Marks) -> Entry:
    if marks.needs:
        says = "; ".join(dict.fromkeys(need.says for need in marks.needs))
        return Entry(says, tuple(dict.fromkeys(marks.needs)))

    return Entry("declared" if marks.elsewhere else "public")
