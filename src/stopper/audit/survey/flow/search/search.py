"""Goes back from where a value does harm to all that may have given it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from collections.abc import Iterator

from ...module import Module
from ..flow import Flow
from ..flow import Origin
from ..frame import Definition
from ..frame import Path
from ..judge import Judge
from ..made import made_for
from ..program import Program
from ..sources import Sources
from .access import Access
from .attributes import Attributes
from .builtin import Builtins
from .definitions import Definitions
from .descent import Descent
from .ends import Ends
from .expressions import Expressions
from .invocations import Invocations
from .library import Library
from .objects import Objects
from .parameters import Parameters
from .regex import Regexes
from .request import Request
from .rows import Rows
from .stored import Stored
from .stores import Stores
from .texts import Texts
from .trail import guard_at
from .trail import more
from .trail import Spot
from .trail import TOLD
from .trail import Trail
from .variables import Variables


class Search:
    """One search: from one expression, for one kind of harm.

    :param clears: Names of functions that make a value harmless for this kind, and
        attributes, ``".stem"``.
    """

    def __init__(
        self,
        program: Program,
        judge: Judge,
        sources: Sources,
        kind: str,
        clears: frozenset[str],
    ) -> None:
        self._program = program
        made = made_for(kind, program.project.models)
        self._trail = trail = Trail(program, kind, made)
        request = Request(trail)
        stores = Stores(trail)
        descent = Descent(trail, judge)
        texts = Texts(trail, descent)
        attributes = Attributes(trail, descent, stores)
        stored = Stored(trail, Rows(trail, attributes))
        objects = Objects(trail, descent, attributes, sources)
        builtins = Builtins(trail, descent, attributes)
        regexes = Regexes(trail, descent)
        library = Library(trail, builtins, regexes, texts, sources)
        parameters = Parameters(trail, descent, attributes, sources)
        self._expressions = Expressions(trail, texts)
        self._variables = Variables(trail, request, stores, stored)
        self._access = Access(
            trail,
            request,
            descent,
            stores,
            stored,
            self._variables,
            sources,
            attributes,
            clears,
        )
        self._invocations = Invocations(
            trail, request, descent, stores, stored, objects, library, sources, clears
        )
        self._ends = Ends(trail, judge, clears)
        self._definitions = Definitions(
            trail, judge, descent, parameters, self._variables
        )

    @property
    def cut(self) -> bool:
        """Whether the search was broken off."""
        return self._trail.cut

    @property
    def open(self) -> bool:
        """Whether it came to something of which it is not known what it may be."""
        return self._trail.open or not self._ends.told

    def run(self, module: Module, node: ast.expr, path: Path = ()) -> Iterator[Flow]:
        """Yield the flows that end in an expression, the surest and shortest first.

        :param path: The part of it that is asked for.
        """
        frame = self._program.around(module, node)
        guard = guard_at(frame, node)

        if not frame.reached(node):
            return

        guards = more(frozenset(), guard)
        self._trail.put(Spot(frame, node, path, guards, (), (), 0, None))

        # Of other kinds nobody asks what is known of all that may be there.
        look = self._told if self._trail.kind in TOLD else self._look

        for spot in self._trail:
            yield from look(spot)

    def _told(self, spot: Spot) -> Iterable[Flow]:
        """Look at a place, and note what is known where it goes on to nowhere."""
        before = self._trail.steps
        found = tuple(self._look(spot))

        if not found and self._trail.steps == before and not self._trail.open:
            self._trail.open = not self._ends.harmless(spot)

        return found

    def _look(self, spot: Spot) -> Iterable[Flow]:
        """Go on from a place; return what ends there.

        Most places lead on and no more: for those no generator is made.
        """
        match spot.thing:
            case Definition() as known:
                return self._definitions.definition(spot, known)
            case ast.Name() as node:
                return self._variables.name(spot, node)
            case ast.Attribute() as node:
                return self._access.attribute(spot, node)
            case ast.Subscript() as node:
                return self._access.subscript(spot, node)
            case ast.Call() as node:
                return self._invocations.call(spot, node)
            case ast.Constant() as node:
                if self._trail.made is not None and self._trail.made.is_off(node):
                    written = repr(node.value)
                    return (self._trail.found(spot, Origin.PROGRAM, written, node),)
            case node:
                self._expressions.parts(spot, node)

        return ()
