"""Which values of strangers end where, asked by kind of harm."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import typing as t
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator

from ..index import Function
from ..links import inner_scope
from ..module import function_of
from ..note import Note
from ..pages.page import Page
from ..project import Project
from ..site import Site
from .flow import Flow
from .flow import Origin
from .frame import Path
from .judge import Judge
from .program import Program
from .puts import Put as Put
from .puts import puts
from .search.search import Search
from .search.trail import LIGHT
from .sources import Sources

#: Where a project keeps what was followed in it, so that both go together.
_KEPT = "_flows"

#: What functions are called that give an address of the app's own.
_ADDRESSES = frozenset({"url_for", "static_url", "asset_url", "url_for_static"})

#: How many ways to one place are told.
OTHERS = 10


class Flows:
    """Follows values through the whole project. Nothing of it is run."""

    def __init__(self, project: Project) -> None:
        self._program = Program(project)
        self._judge = Judge(self._program)
        self._sources = Sources(project)
        self._known: dict[tuple[t.Any, ...], tuple[Flow, ...]] = {}
        self._cut: set[tuple[str, int]] = set()
        self._open: set[tuple[t.Any, ...]] = set()

    def into(
        self,
        site: Site,
        kind: str,
        clears: frozenset[str] = frozenset(),
        path: Path = (),
    ) -> tuple[Flow, ...]:
        """Return what ends in an expression, the surest and shortest first.

        :param kind: What harm it could do there: ``"sql"``, ``"path"``.
        :param clears: Names of functions after which it does none.
        :param path: The part of it that is asked for: ``("[secure]",)``.
        """
        key = site.node, kind, clears, path
        found = self._known.get(key)

        if found is None:
            search = Search(self._program, self._judge, self._sources, kind, clears)
            found = tuple(search.run(site.module, t.cast(t.Any, site.node), path))
            self._known[key] = found

            if search.open:
                self._open.add(key)

            # What was found says enough. Some kinds are searched for shortly on purpose.
            if search.cut and not found and kind not in LIGHT:
                self._cut.add((site.module.path, site.place.line))

        return found

    def open(self, site: Site, kind: str, clears: frozenset[str] = frozenset()) -> bool:
        """Say whether something may end in an expression of which nothing is known.

        What a search cannot follow may be anything: a row of a table, what a library
        gives, what somebody gives whom nobody sees.
        """
        found = self.into(site, kind, clears)
        given = any(flow.origin is Origin.CALLER for flow in found)
        return given or (site.node, kind, clears, ()) in self._open

    def puts(self, wanted: Callable[[str, str], bool]) -> Iterator[Put]:
        """Yield what is put into columns of tables.

        :param wanted: Says of a table and a column by their names whether it is.
        """
        return puts(self._program, wanted)

    @functools.cached_property
    def renders(self) -> bool:
        """Whether it is seen of any template who renders it."""
        return any(map(self.rendered, self._program.project.pages.pages))

    def rendered(self, page: Page) -> bool:
        """Say whether it is seen who renders a template."""
        return bool(self._program.callers(page.function))

    @functools.cached_property
    def addresses(self) -> frozenset[str]:
        """The project's own functions that give what ``url_for`` gives, by their name."""
        return frozenset(
            f"{site.module.name}.{scope.qualname}"
            for site, node in self._program.project.functions()
            if node.name in _ADDRESSES and (scope := inner_scope(node))
        )

    def callers(self, function: Function) -> Iterator[Function]:
        """Yield the functions that surely call one of the project's."""
        for call in self._program.callers(function):
            caller = function_of(call.node)

            if call.sure and caller is not None:
                yield caller

    @property
    def cut(self) -> frozenset[tuple[str, int]]:
        """Where values end that could not be followed to their source."""
        return frozenset(self._cut)

    def first(
        self, site: Site, kind: str, clears: frozenset[str] = frozenset()
    ) -> Flow | None:
        """Return the surest and shortest flow of a request's value, if there is one."""
        flows = self.into(site, kind, clears)
        return best(f for f in flows if f.origin is Origin.REQUEST)

    def made(self, site: Site, kind: str, path: Path = ()) -> tuple[Flow, ...]:
        """Return what the program itself made that ends in an expression.

        :param kind: What is looked for: ``"predictable"``, ``"digest"``, ``"off"``.
        """
        flows = self.into(site, kind, path=path)
        return tuple(f for f in flows if f.origin is Origin.PROGRAM)

    def given(
        self, site: Site, kind: str, clears: frozenset[str] = frozenset()
    ) -> Flow | None:
        """Return a flow of what a caller gives of whom nothing is known.

        Who stores something and is not to be seen may be anybody.
        """
        flows = self.into(site, kind, clears)
        callers = (f for f in flows if f.origin is Origin.CALLER)
        return next((f for f in callers if not f.stores), None)

    def typed(
        self, site: Site, kind: str, clears: frozenset[str] = frozenset()
    ) -> Flow | None:
        """Return a flow of what is typed at a command line, if there is one."""
        flows = self.into(site, kind, clears)
        return next((f for f in flows if f.origin is Origin.COMMAND), None)


def best(flows: Iterable[Flow]) -> Flow | None:
    """Return the first flow, with some of the others from other sources."""
    found = list(itertools.islice(flows, OTHERS))
    return dataclasses.replace(found[0], others=tuple(found[1:])) if found else None


def flows(project: Project) -> Flows:
    """Return the flows of a project; what was followed once is kept with it."""
    kept = vars(project)
    found = kept.get(_KEPT)

    if not isinstance(found, Flows):
        found = kept[_KEPT] = Flows(project)

    return found


def cut_in(project: Project) -> frozenset[tuple[str, int]]:
    """Return where values of a project end that could not be followed to their source."""
    kept = vars(project).get(_KEPT)
    return kept.cut if isinstance(kept, Flows) else frozenset()


def not_followed(cut: Collection[tuple[str, int]]) -> tuple[Note, ...]:
    """Return what there is to say of values that could not be followed to their end."""
    if not cut:
        return ()

    (path, line), count = min(cut), len(cut)
    places = "here" if count == 1 else f"at {count} places, this one first"
    message = (
        f"There are too many ways to follow a value that ends {places}. What "
        "was not followed was not judged."
    )
    return (Note("not-followed", path, line, message),)
