"""Which names a template sets, and which a part of it sees."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

from jinja2 import nodes

from ....controls.templates.model import Output
from .tree import Branch
from .tree import Piece


class Scope:
    """The names that one function has of its own, as the template's author wrote them."""

    def __init__(self, names: Iterable[str], outer: Scope | None) -> None:
        self.names = frozenset(names)
        self.outer = outer

    def has(self, name: str) -> bool:
        """Say whether a name is one of these, or of those around them."""
        return name in self.names or (self.outer is not None and self.outer.has(name))

    def all(self) -> list[str]:
        """Return every name that is seen."""
        above = self.outer.all() if self.outer else []
        return list(dict.fromkeys([*sorted(self.names), *above]))


def stored(pieces: list[Piece]) -> Iterator[str]:
    """Yield the names that pieces assign, macros among them, those inside aside."""
    for piece in pieces:
        if isinstance(piece, Output):
            continue

        head = piece.head

        if isinstance(head, nodes.Macro):
            yield head.name
            continue

        if isinstance(head, nodes.FromImport):
            yield from (n if isinstance(n, str) else n[1] for n in head.names)
        elif isinstance(head, nodes.CallBlock):
            yield from (a.name for a in head.args)
        elif isinstance(head, nodes.For | nodes.Assign | nodes.AssignBlock):
            yield from _targets(head.target)
        elif isinstance(head, nodes.With):
            for target in head.targets:
                yield from _targets(target)

        yield from stored(piece.body)
        yield from stored(piece.other)


def _targets(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name):
        yield node.name

    for inner in node.find_all(nodes.Name):
        yield inner.name


def macros(pieces: list[Piece]) -> set[str]:
    """Return the names of macros: nobody who renders a template gives it those."""
    return {
        piece.head.name
        for piece in pieces
        if isinstance(piece, Branch) and isinstance(piece.head, nodes.Macro)
    }


def named_in(node: nodes.Node) -> Iterator[str]:
    """Yield the templates that an expression names, as far as it says."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value

    for constant in node.find_all(nodes.Const):
        if isinstance(constant.value, str):
            yield constant.value


def outputs(pieces: list[Piece]) -> Iterator[Output]:
    """Yield what pieces print, in order."""
    for piece in pieces:
        if isinstance(piece, Output):
            yield piece
        else:
            yield from outputs(piece.body)
            yield from outputs(piece.other)
