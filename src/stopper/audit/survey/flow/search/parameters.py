"""Follows a parameter to what it is given."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ...index import Function
from ...index import FUNCTIONS
from ...index import parent_of
from ...pages.page import CONTEXT
from ...pages.page import Page
from ...parameters import argument_of
from ...parameters import open_parameters
from ...parameters import typed
from ..call import arguments_of
from ..call import Call
from ..call import Callee
from ..call import Entry
from ..call import is_method
from ..call import named_in
from ..flow import Flow
from ..flow import Hop
from ..flow import Origin
from ..frame import ANY
from ..frame import body_of
from ..frame import Definition
from ..frame import EACH
from ..frame import Frame
from ..frame import How
from ..ruled import ruled_out
from ..sources import Sources
from ..words import handed
from ..words import ran
from .attributes import Attributes
from .descent import Descent
from .trail import FAN
from .trail import more
from .trail import Spot
from .trail import Trail


class Parameters:
    """Parameters of functions that were not gone into: anybody may call them."""

    def __init__(
        self, trail: Trail, descent: Descent, attributes: Attributes, sources: Sources
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._project = trail.program.project
        self._descent = descent
        self._attributes = attributes
        self._sources = sources

    def parameter(self, spot: Spot, known: Definition) -> Iterator[Flow]:
        """Go to what a parameter is given; yield what a stranger gives it."""
        function = known.frame.node

        if spot.calls:
            self._descent.back(spot, known)
        elif isinstance(function, ast.Lambda):
            self._callers(spot, known, self._program.callers(function))
        elif isinstance(function, FUNCTIONS):
            yield from self._of_function(spot, known, function)

    def _of_function(
        self, spot: Spot, known: Definition, function: Function
    ) -> Iterator[Flow]:
        handed = self._handed(spot, known, function)

        if handed is not None:
            yield from handed
            return

        first = next(iter(known.frame.parameters), None)

        if known.name == first and is_method(function):
            self._object(spot, known, parent_of(function))
            return

        callers = self._program.callers(function)
        self._callers(spot, known, self._through(spot, callers))
        views = self._project.views

        if not callers and function not in views:
            node = argument_of(function, known.name)
            origin = Origin.COMMAND if typed(function) else Origin.CALLER
            yield self._trail.found(spot, origin, known.name, node)

    def _handed(
        self, spot: Spot, known: Definition, function: Function
    ) -> tuple[Flow, ...] | None:
        """Return what a library gives the parameter, ``None`` if none calls it."""
        name, path = known.name, spot.path
        open_: dict[str, bool] = open_parameters(self._project).get(function, {})

        if name in open_:
            node = argument_of(function, name)
            segment = open_[name] and not path
            return (
                self._trail.found(spot, Origin.REQUEST, name, node, segment=segment),
            )

        if open_ and name == _rest(function):
            found = self._named_rest(spot, open_)

            if found is not None:
                node = argument_of(function, name)
                return (
                    self._trail.found(spot, Origin.REQUEST, name, node, segment=found),
                )

        handed = self._sources.parameter(known.frame.module, function, name, path)

        if not handed:
            return None if handed is None else ()

        node = argument_of(function, name)
        return (self._trail.found(spot, Origin.REQUEST, name, node),)

    def _named_rest(self, spot: Spot, open_: dict[str, bool]) -> bool | None:
        """Say whether a part of ``**names`` is one segment, ``None`` if it is strict."""
        key = spot.path[0].strip("[]") if spot.path else ""

        if spot.path and spot.path[0] not in (ANY, EACH):
            return open_.get(key)

        return all(open_.values())

    def _object(self, spot: Spot, known: Definition, holder: ast.AST | None) -> None:
        """Go to where an attribute of ``self`` is set."""
        path = spot.path

        if path and path[0].startswith(".") and isinstance(holder, ast.ClassDef):
            self._attributes.of(spot, known.frame.module, holder, path, None, None)

    def _through(self, spot: Spot, callers: t.Sequence[Call]) -> t.Sequence[Call]:
        """Return the calls of the one function that the search came from.

        A wrapper of a decorator is called by the name of every function that it is put
        around.
        """
        if spot.via is None:
            return callers

        found = [c for c in callers if self._calls(c) is spot.via]
        return found or callers

    def _calls(self, call: Call) -> ast.AST | None:
        known = self._program.definition(call.module, call.node.func)
        return known[1] if known is not None else None

    def _callers(
        self, spot: Spot, known: Definition, callers: t.Sequence[Call]
    ) -> None:
        if len(callers) > FAN:
            self._trail.open = True

        given = [self._from_caller(spot, known, call) for call in callers[:FAN]]

        # A constant that every caller has another value for is never there.
        if self._trail.made is None or not all(given):
            self._descent.default(spot, known)

    def _keys(self, spot: Spot) -> bool:
        """Say whether it is the keys of a whole mapping that could do harm."""
        return self._trail.kind == "attribute-set" and not spot.path

    def _never(self, spot: Spot, known: Definition, call: Call, frame: Frame) -> bool:
        """Say whether a call never comes to where the search began in its function."""
        node = t.cast(t.Any, known.frame.node)
        callee = Callee(call.module, node, call.bound, shift=call.shift, each=call.each)
        entry = Entry(frame, call.node, callee, frozenset())
        return any(ruled_out(known.frame, guard, entry) for guard in spot.guards)

    def _from_caller(self, spot: Spot, known: Definition, call: Call) -> bool:
        """Go to what a call gives for a parameter; say if it gives anything."""
        frame = self._program.around(call.module, call.node)
        doubts = 0 if call.sure else 1
        found = False

        if not frame.reached(call.node) or self._never(spot, known, call, frame):
            return True

        via = known.frame.node if _wrapped(frame, call.node.func) else None

        for node, path in arguments_of(call, known, spot.path):
            found = True

            # The names of attributes are the app's own then.
            if self._keys(spot) and named_in(call.node, known, node):
                continue

            guard = frame.guards.get(call.node)
            hop = _hop(spot, known, call, node)
            self._trail.jump(
                spot,
                frame,
                node,
                path,
                call.inside,
                hop,
                guards=more(frozenset(), guard),
                doubts=doubts,
                via=via,
            )

        return found


def _rest(function: Function) -> str:
    """Return what a function calls the arguments that it does not name."""
    return function.args.kwarg.arg if function.args.kwarg else ""


def _wrapped(frame: Frame, func: ast.expr) -> bool:
    """Say whether a function runs what the function around it was given."""
    known = frame.uses.get(func)
    return (
        known is not None
        and known.how is How.OUTER
        and body_of(frame.node) is not None
        and isinstance(body_of(frame.node), FUNCTIONS)
    )


def _hop(spot: Spot, known: Definition, call: Call, value: ast.AST) -> Hop:
    """Return the step by which a call gives a function something."""
    module = known.frame.module

    if isinstance(module, Page) and known.name == CONTEXT:
        what = spot.path[0][1:-1] if spot.path else "a value"
        return handed(call.module, call.node, value, module.title, what)

    name = getattr(known.frame.node, "name", "lambda")
    what = f"is called with it, as `{known.name}`."
    return ran(call.module, call.node, name, what)
