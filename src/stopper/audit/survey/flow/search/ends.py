"""Tells whether what a search cannot go on from is known to do no harm."""

from __future__ import annotations

import ast

from ...index import Function
from ...index import FUNCTIONS
from ...nodes import walk
from ...pages.page import CONTEXT
from ...pages.page import Page
from ..frame import Definition
from ..frame import How
from ..judge import Judge
from ..verdict.facts import enough
from ..verdict.facts import NOTHING
from .trail import Spot
from .trail import Trail

#: What the app's operator chose, or what the server itself says.
_OWN = (
    *("flask.request.", "builtins.", "os.environ", "sys."),
    *("werkzeug.", "http.HTTPStatus"),
)


#: What is given for a value of a stranger, and not made of it: it may be anything.
_LOOKED_UP = frozenset(
    f"*.{name}"
    for name in (
        *("filter_by", "first_or_404", "get_or_404", "one_or_404", "paginate", "find"),
    )
)

_SETTINGS = "flask.current_app."


class Ends:
    """Places from which there is nothing to go on to."""

    def __init__(self, trail: Trail, judge: Judge, clears: frozenset[str]) -> None:
        #: Whether any of them says what the value is. Where a part was asked for that
        #: is not there, somebody may have put it there whom nobody sees.
        self.told = False
        self._kind = trail.kind
        self._names = trail.program.names
        self._judge = judge
        cleared = trail.program.project.models.named("clears")
        self._clears = clears | (cleared - _LOOKED_UP)

    def harmless(self, spot: Spot) -> bool:
        """Say whether what stands there is the app's own, a number, or was cleared."""
        harmless = self._harmless(spot)
        self.told = self.told or (harmless and not _missing(spot))
        return harmless

    def _harmless(self, spot: Spot) -> bool:
        match spot.thing:
            case Definition() as known:
                return self._definition(spot, known)
            case ast.Constant() | ast.Compare():
                return True
            case ast.UnaryOp() as node:
                return isinstance(node.op, ast.Not)
            case ast.JoinedStr() | ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return True
            case ast.Call() as node:
                return self._call(spot, node)
            case ast.Name() | ast.Attribute() | ast.Subscript() as node:
                name = self._names.name_of(spot.frame.module, node) or ""

                # A setting may be HTML on purpose, which somebody has to look at.
                if name.startswith(_SETTINGS):
                    return self._kind != "markup"

                return name.startswith(_OWN) or f".{name.rpartition('.')[2]}" in (
                    self._clears
                )
            case _:
                return False

    def _call(self, spot: Spot, node: ast.Call) -> bool:
        name = self._names.name_of(spot.frame.module, node.func) or ""
        method = f"*.{node.func.attr}" if isinstance(node.func, ast.Attribute) else ""
        return (
            name in self._clears
            or method in self._clears
            or name.startswith(_OWN)
            or any(k.arg == "type" for k in node.keywords)
        )

    def _definition(self, spot: Spot, known: Definition) -> bool:
        module = spot.frame.module

        if isinstance(module, Page) and known.name == CONTEXT:
            # Of those who render a template not all give it everything.
            return True

        facts = NOTHING

        for guard in spot.guards:
            facts |= self._judge.facts(spot.frame, guard, known, self._kind)

        if enough(facts, self._kind):
            return True

        function = known.frame.node

        if known.how is not How.PARAMETER or not isinstance(function, FUNCTIONS):
            return False

        return _converted(function, known.name)


def _missing(spot: Spot) -> bool:
    """Say whether a part was asked for of something that has no such part."""
    if isinstance(spot.thing, Definition):
        return isinstance(spot.frame.module, Page) and spot.thing.name == CONTEXT

    displays = ast.Constant | ast.List | ast.Tuple | ast.Set | ast.Dict
    return bool(spot.path) and isinstance(spot.thing, displays)


def _converted(node: Function, name: str) -> bool:
    """Say whether a view's parameter is one that its URL converts: ``<int:id>``."""
    return any(
        f":{name}>" in part.value
        for decorator in node.decorator_list
        for part in walk(decorator)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
