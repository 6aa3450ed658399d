"""What there is to know of the whole program, as those that ask for it see it."""

from __future__ import annotations

import ast
import typing as t

from ...index import Function
from ...module import Module
from ...names import Names
from ..call import Call
from ..frame import Body
from ..frame import Frame
from ..heap import Heap

#: A class, and the module in which it stands.
Owner = tuple[Module, ast.ClassDef]


class Owners(t.Protocol):
    """Tells of which classes an object may be."""

    def of(self, module: Module, node: ast.expr) -> tuple[Owner, ...]:
        """Return the classes of which an expression may be an object."""


class Knowledge(t.Protocol):
    """What there is to know of the whole program."""

    @property
    def names(self) -> Names:
        """What names stand for."""

    @property
    def gathering(self) -> bool:
        """Whether it is being found out who calls whom."""

    @property
    def heap(self) -> Heap:
        """Every place where something is kept."""

    @property
    def types(self) -> Owners:
        """Of which classes objects are."""

    def frame(self, module: Module, node: Body) -> Frame:
        """Return a function as the flow sees it."""

    def around(self, module: Module, node: ast.AST) -> Frame:
        """Return the function in which a node is evaluated."""

    def definition(
        self, module: Module, node: ast.expr
    ) -> tuple[Module, ast.AST] | None:
        """Return the function or class that an expression names."""

    def method(
        self, module: Module, node: ast.ClassDef, name: str
    ) -> tuple[Module, Function] | None:
        """Return a class's method."""

    def is_class(self, module: Module, node: ast.expr | None) -> bool:
        """Say whether an expression is a class, and no object of it."""

    def known_callers(self, node: ast.AST) -> list[Call]:
        """Return the calls that name a function, as far as they are known by now."""
