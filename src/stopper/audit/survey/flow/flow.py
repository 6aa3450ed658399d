"""One way of a value from where a stranger gives it to where it does harm."""

from __future__ import annotations

import ast
import dataclasses
import enum

from ....catalogue.rule import Confidence
from ...finding import Place
from ...finding import Step
from ..module import Module

#: What a flow is worth, by how many doubts it has.
_WORTH = (Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)


class Origin(enum.Enum):
    """Who gives the value."""

    REQUEST = "request"
    #: A caller that is not in the project, or of whom nothing is known.
    CALLER = "caller"
    #: Who made an archive: he named its members.
    ARCHIVE = "archive"
    #: Who starts a command of the app: an operator, who may do as he likes.
    COMMAND = "command"
    #: The program itself: by chance, as a digest, as a constant.
    PROGRAM = "program"


@dataclasses.dataclass(frozen=True, slots=True)
class Hop:
    """One step of a flow.

    :param node: Where it is seen.
    :param words: What happens there, with the name that stands on the line.
    :param stored: Whether it is one into a store, such as a database.
    :param kept: Whether it was put there to be asked for elsewhere.
    """

    module: Module
    node: ast.AST
    words: str
    stored: bool = False
    kept: bool = False

    @property
    def place(self) -> Place:
        """Where it is seen: of a call of several lines, where its name stands."""
        place = self.module.place(self.node)
        func = getattr(self.node, "func", None)

        # ``made(...)(value)``: what is called has its name where it is made.
        while isinstance(func, ast.Call):
            func = func.func

        line = getattr(func, "end_lineno", None) or 0
        return (
            Place(place.path, line, 0, place.end_line) if line > place.line else place
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Flow:
    """One way of a value, the source first.

    :param name: What the source is: ``"flask.request.args"``, or a parameter's name.
    :param segment: Whether it is one segment of the URL's path, without a slash.
    :param doubts: How many of its steps are guessed, or were tested in a way of which
        it cannot be seen whether it holds.
    :param others: Other ways to the same place, from other sources.
    :param path: Which part of the source it is: ``(".filename",)``.
    """

    origin: Origin
    name: str
    module: Module
    node: ast.AST
    hops: tuple[Hop, ...]
    segment: bool = False
    doubts: int = 0
    others: tuple[Flow, ...] = ()
    path: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """Where the value comes in."""
        return self.module.place(self.node)

    @property
    def written(self) -> str:
        """The source, as it is written."""
        return self.module.source(self.node)

    @property
    def confidence(self) -> Confidence:
        """What the path has earned."""
        return _WORTH[min(self.doubts, len(_WORTH) - 1)]

    @property
    def stores(self) -> int:
        """How often it was stored, and came back: each time is one of the doubts."""
        return sum(hop.stored for hop in self.hops)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What there is to tell of it, from the source on."""
        sent = self.origin is Origin.REQUEST
        return tuple(
            Step(hop.place, hop.words, sent and not number)
            for number, hop in enumerate(self.hops)
        )

    @property
    def ways(self) -> tuple[tuple[Step, ...], ...]:
        """The steps of the other ways."""
        return tuple(flow.steps for flow in self.others)
