"""One source file, parsed and walked, and the sites in it that checks speak of."""

from __future__ import annotations

import ast
import bisect
import dataclasses
import functools
import typing as t

from ..finding import Place
from .index import Function
from .index import FUNCTIONS
from .index import Index
from .index import NodeT
from .index import parent_of
from .scope import Scope


@dataclasses.dataclass(frozen=True, eq=False)
class Module:
    """One source file, parsed and walked.

    :param path: As it is shown: relative to the audited folder.
    :param name: Its whole path as a dotted name, so that no two are the same.
    :param root: The dotted name of the folder that its absolute imports start from.
    :param test: Whether it belongs to a test suite.
    :param siblings: Whether its imports look into its own folder first, as Python 2 did.
    """

    path: str
    name: str
    text: str
    tree: ast.Module
    root: str = ""
    package: bool = False
    test: bool = False
    siblings: bool = False

    @functools.cached_property
    def index(self) -> Index:
        """The nodes by type, from one walk."""
        return Index(self.tree, self.name, self.package)

    @property
    def scope(self) -> Scope:
        """What the module itself binds."""
        return self.index.scope

    @functools.cached_property
    def lines(self) -> list[str]:
        """The source lines; line ``n`` of a place is ``lines[n - 1]``."""
        # Not splitlines(): a form feed ends no line for the parser.
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def within(self, node: ast.AST, kind: type[NodeT]) -> list[NodeT]:
        """Return the nodes of a type in the lines of ``node``, nested ones included.

        :param kind: One of those that the index keeps.
        """
        first = getattr(node, "lineno", 0)
        last = getattr(node, "end_lineno", None) or len(self.lines)
        lines, nodes = self._sorted(kind)
        start = bisect.bisect_left(lines, first)
        return nodes[start : bisect.bisect_right(lines, last)]

    def _sorted(self, kind: type[NodeT]) -> tuple[list[int], list[NodeT]]:
        known = t.cast("tuple[list[int], list[NodeT]] | None", self._lines.get(kind))

        if known is None:
            nodes = sorted(self.index.nodes(kind), key=_line)
            known = [_line(n) for n in nodes], nodes
            self._lines[kind] = known

        return known

    @functools.cached_property
    def _lines(self) -> dict[type[ast.AST], tuple[list[int], list[t.Any]]]:
        return {}

    def place(self, node: ast.AST) -> Place:
        """Return where ``node`` stands."""
        at = t.cast(ast.expr, node)
        line = getattr(at, "lineno", 1)
        end = getattr(at, "end_lineno", None) or line
        return Place(self.path, line, self._column(line, at), end)

    def _column(self, line: int, node: ast.expr) -> int:
        """Return the column in characters, from 1; the parser counts bytes, from 0."""
        offset: int = getattr(node, "col_offset", 0)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""

        if text.isascii():
            return offset + 1

        return (
            len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "replace")) + 1
        )

    def segment(self, node: ast.AST) -> str:
        """Return the source of ``node`` as it is written, empty where it has no place.

        The standard library's function splits the whole file at each call.
        """
        at = t.cast(ast.expr, node)
        first = getattr(at, "lineno", 0)
        last = getattr(at, "end_lineno", None) or first

        if not 0 < first <= last <= len(self.lines):
            return ""

        lines = [
            line.encode("utf-8", "replace") for line in self.lines[first - 1 : last]
        ]
        # Columns count bytes. The end is cut first: both may be on one line.
        lines[-1] = lines[-1][: at.end_col_offset]
        lines[0] = lines[0][at.col_offset :]
        return b"\n".join(lines).decode("utf-8", "replace")

    def source(self, node: ast.AST, limit: int = 200) -> str:
        """Return the source of ``node`` on one line, cut at ``limit`` characters."""
        return " ".join(self.segment(node).split())[:limit]

    def written(self, node: ast.AST, line: int) -> str:
        """Return the source of ``node``, or the line of it that a reader is sent to.

        :param line: Counted from 1.
        """
        text = self.source(node, 60)
        whole = self.lines[line - 1] if 0 < line <= len(self.lines) else text
        return text if text in whole else whole.strip()[:60]


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def function_of(node: ast.AST) -> Function | None:
    """Return the function whose body holds ``node``, lambdas aside."""
    scope: Scope | None = getattr(node, "_stopper_scope", None)

    while scope is not None:
        if isinstance(scope.node, FUNCTIONS):
            return scope.node

        scope = scope.parent

    return None


def statement_of(node: ast.AST) -> ast.AST:
    """Return the statement that holds ``node``."""
    while not isinstance(node, ast.stmt):
        above = parent_of(node)

        if above is None:
            return node

        node = above

    return node
