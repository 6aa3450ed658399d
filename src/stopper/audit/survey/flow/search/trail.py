"""Keeps which places a search came to, and to which it goes next."""

from __future__ import annotations

import ast
import collections
import dataclasses
import typing as t
from collections.abc import Iterator

from ...module import Module
from ...nodes import walk
from ..call import Calls
from ..flow import Flow
from ..flow import Hop
from ..flow import Origin
from ..frame import Definition
from ..frame import DEPTH
from ..frame import Frame
from ..frame import Guard
from ..frame import Path
from ..made import Made
from ..program import Program
from ..words import made_by

#: How many places one search looks at before it gives up.
SPOTS = 12_000

#: How many doubts a flow may have: with more it is no flow.
DOUBTS = 2

#: Kinds of what a template prints. Most of that was looked up somewhere.
PRINTED = ("markup", "script", "literal", "scheme", "style", "unquoted")

#: Kinds of which it is asked what is known of all that may be there.
TOLD = frozenset({*PRINTED, "shell"})

#: How many doubts and places a search has of the kinds that are asked about at very many
#: places and do less harm.
LIGHT = {
    "log": (0, 300),
    "attribute": (1, 1_000),
    "attribute-set": (1, 1_000),
    "format": (1, 2_000),
    **dict.fromkeys(PRINTED, (1, 2_000)),
    "predictable": (1, 1_500),
    "digest": (1, 1_500),
    "off": (0, 500),
}

#: Kinds of harm that a value does which was stored, and comes back.
STORED = frozenset(
    {
        *("code", "frame-code", "header", "html", "import", "ldap", "nosql"),
        *("nosql-script", "path", "path-inside", "pickle", "program", "redirect"),
        *("shell", "sql", "template", "url", "xml", "xpath", "yaml"),
        *PRINTED,
    }
)

#: Kinds of harm that a stranger's choice does, in whatever form it comes.
CHOICES = frozenset({"identity"})

#: Kinds of which nothing is told that was guessed: nobody asks for the rest. What was
#: stored and comes back is told all the same.
SURE = frozenset({"comparison", "html", "password"})

#: How many ways to one place are told apart by the tests on them.
WAYS = 4

#: How many callers, stores or implementations are followed of each.
FAN = 60

#: Where calls are made that were gone into.
Nodes = tuple[ast.Call, ...]


@dataclasses.dataclass(eq=False, slots=True)
class Spot:
    """One place that a search came to.

    :param thing: An expression, or a definition of a name.
    :param path: Which part of it is asked for.
    :param guards: Tests that were passed between here and there, in this function.
    :param calls: The calls that were gone into, the innermost last.
    :param nodes: Where those are made.
    :param hop: What there is to tell of the step that led here.
    :param via: In the wrapper that a decorator puts around functions: which of them the
        search came from.
    """

    frame: Frame
    thing: ast.expr | Definition
    path: Path
    guards: frozenset[Guard]
    calls: Calls
    nodes: Nodes
    doubts: int
    before: Spot | None
    hop: Hop | None = None
    via: ast.AST | None = None


class Trail:
    """The places that one search has before it, the surest first.

    :param kind: For which kind of harm it looks.
    :param made: What it looks for, where that is nothing that strangers send.
    """

    def __init__(self, program: Program, kind: str, made: Made | None = None) -> None:
        self.program = program
        self.kind = kind
        self.made = made
        #: Names of what gives only another form to what is looked for.
        self.keeps = made.keeps if made is not None else _forms(program, kind)
        #: Whether the search was broken off.
        self.cut = False
        #: Whether it came to something of which it is not known what it may be.
        self.open = False
        #: How many places it was told to look at.
        self.steps = 0
        #: Whether nothing is guessed.
        self.sure = kind in SURE
        self._doubts, self._spots = LIGHT.get(kind, (DOUBTS, SPOTS))
        self._queues: list[collections.deque[Spot]] = [
            collections.deque() for _ in range(DOUBTS + 1)
        ]
        self._seen: dict[tuple[t.Any, ...], list[frozenset[Guard]]] = {}
        self._made: dict[Definition, Hop | None] = {}

    def __iter__(self) -> Iterator[Spot]:
        steps = 0

        for queue in self._queues[: self._doubts + 1]:
            while queue:
                steps += 1

                if steps > self._spots:
                    self.cut = self.open = True
                    return

                yield queue.popleft()

    def put(self, spot: Spot) -> None:
        """Keep a place to look at, unless all that it tells was seen before."""
        guards = self._new(
            spot.thing, spot.path, spot.nodes, spot.via, spot.guards, spot.doubts
        )

        if guards is not None:
            spot.guards = guards
            self._queues[spot.doubts].append(spot)

    def _new(
        self,
        thing: ast.expr | Definition,
        path: Path,
        nodes: Nodes,
        via: ast.AST | None,
        guards: frozenset[Guard],
        doubts: int,
    ) -> frozenset[Guard] | None:
        """Return the tests with which to look at a place, ``None`` if there is no need.

        Most places are come to several times: nothing is made of them before this.
        """
        self.steps += 1

        if doubts > self._doubts:
            self.open = True
            return None

        mark = thing, path, nodes, via
        known = self._seen.get(mark)

        if known is None:
            self._seen[mark] = [guards]
            return guards

        for before in known:
            # Who came with fewer tests behind them saw all that there is to see.
            if before <= guards:
                return None

        if len(known) >= WAYS:
            # What all of them have in common.
            guards = guards.intersection(*known)

        known.append(guards)
        return guards

    def go(
        self,
        spot: Spot,
        thing: ast.expr | Definition,
        path: Path | None = None,
        *,
        doubts: int = 0,
        hop: Hop | None = None,
        guards: frozenset[Guard] | None = None,
    ) -> None:
        """Go on to something in the same function.

        :param doubts: How many guesses it takes.
        """
        if doubts and self.sure:
            self.open = True
            return

        path = spot.path if path is None else path[:DEPTH]
        guards = spot.guards if guards is None else guards
        doubts += spot.doubts
        nodes, via = spot.nodes, spot.via
        new = self._new(thing, path, nodes, via, guards, doubts)

        if new is not None:
            at, calls = spot.frame, spot.calls
            made = Spot(at, thing, path, new, calls, nodes, doubts, spot, hop, via)
            self._queues[doubts].append(made)

    def jump(
        self,
        spot: Spot,
        frame: Frame,
        thing: ast.expr | Definition,
        path: Path,
        calls: tuple[t.Any, ...],
        hop: Hop | None,
        *,
        guards: frozenset[Guard] = frozenset(),
        doubts: int = 0,
        via: ast.AST | None = None,
    ) -> None:
        """Go on in another function.

        :param doubts: How many guesses it takes.
        """
        if doubts and self.sure:
            self.open = True
            return

        path = path[:DEPTH]
        doubts += spot.doubts
        nodes = nodes_of(calls)
        new = self._new(thing, path, nodes, via, guards, doubts)

        if new is not None:
            made = Spot(frame, thing, path, new, calls, nodes, doubts, spot, hop, via)
            self._queues[doubts].append(made)

    def back_from(
        self,
        spot: Spot,
        back: Hop | None,
        frame: Frame,
        value: ast.expr,
        path: Path,
        hop: Hop,
    ) -> None:
        """Go on at what was put into a store, with the doubt whether it is the same.

        :param back: What there is to tell of where it comes back.
        :param hop: What there is to tell of where it was stored.
        """
        # Others may have stored something whom nobody sees.
        self.open = True
        doubts = spot.doubts + 1
        came = dataclasses.replace(spot, before=spot, hop=back, doubts=doubts)
        guards = more(frozenset(), guard_at(frame, value))
        stored = dataclasses.replace(hop, stored=True)
        self.jump(came, frame, value, path, (), stored, guards=guards)

    def go_all(
        self, spot: Spot, nodes: t.Iterable[ast.expr], path: Path | None = None
    ) -> None:
        """Go on to each of several expressions in the same function."""
        for node in nodes:
            self.go(spot, node, path)

    def found(
        self,
        spot: Spot,
        origin: Origin,
        name: str,
        node: ast.AST,
        *,
        segment: bool = False,
    ) -> Flow:
        """Return the flow that goes from here to where the search began.

        :param segment: Whether it is but one segment of the request's path.
        """
        module = spot.frame.module
        first = (
            made_by(module, node, name)
            if origin is Origin.PROGRAM
            else Hop(module, node, _BEGINS[origin].format(name))
        )
        return Flow(
            origin,
            name,
            module,
            node,
            (first, *_hops(spot)),
            segment,
            spot.doubts,
            path=spot.path,
        )

    def hop(self, spot: Spot, node: ast.AST, words: str) -> Hop:
        """Return what there is to tell of a step within a function."""
        return Hop(spot.frame.module, node, words)

    def made_of(self, spot: Spot, known: Definition) -> Hop | None:
        """Return what there is to tell of a name that was defined."""
        if known not in self._made:
            self._made[known] = self._told_of(spot.frame.module, known)

        return self._made[known]

    def _told_of(self, module: Module, known: Definition) -> Hop | None:
        node = known.node

        if node is None or not hasattr(node, "lineno"):
            return None

        name = known.name

        # ``self.path = x``: what is set is said, not what has it.
        if isinstance(node, ast.Attribute):
            name = module.written(node, node.lineno)

        return Hop(module, node, f"`{name}` is made of it.")


def _forms(program: Program, kind: str) -> frozenset[str]:
    return (
        program.project.models.named("reshapes")
        if kind in CHOICES
        else frozenset[str]()
    )


#: What there is to tell of where a value comes from.
_BEGINS = {
    Origin.REQUEST: "The request's value comes in here.",
    Origin.CALLER: "`{}` is what the function is given.",
    Origin.COMMAND: "It is typed at the command line.",
    Origin.ARCHIVE: "Who made the archive named its members.",
}


def _hops(spot: Spot) -> Iterator[Hop]:
    """Yield what there is to tell of the way from here to where the search began."""
    at: Spot | None = spot

    while at is not None:
        if at.hop is not None:
            yield at.hop

        at = at.before


def nodes_of(calls: Calls) -> Nodes:
    """Return where calls are made."""
    return tuple([entry.node for entry in calls]) if calls else ()


def more(guards: frozenset[Guard], guard: Guard | None) -> frozenset[Guard]:
    """Return the tests that were passed, and those of one more way."""
    return guards if guard is None or guard in guards else guards | {guard}


def guard_at(frame: Frame, node: ast.AST) -> Guard | None:
    """Return the tests that were passed where an expression is evaluated."""
    found = (frame.guards[n] for n in walk(node) if n in frame.guards)
    return frame.guards.get(node) or next(found, None)


def given_to(node: ast.Call) -> list[ast.expr]:
    """Return all that a call is given, by place and by name."""
    return [*node.args, *(k.value for k in node.keywords)]
