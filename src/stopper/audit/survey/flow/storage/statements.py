"""What the project puts into tables by statements that are constant."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...module import Module
from ...nodes import walk
from ..frame import body_of
from ..frame import EACH
from ..frame import Frame
from ..frame import Path
from ..whole.callers import Callers
from .columns import last
from .sql import Column
from .sql import created
from .sql import Hole
from .sql import Selected
from .sql import selected
from .sql import stored
from .written import Write

#: Methods that run a statement, whatever else they are given.
_RUNS = frozenset({"execute", "executemany"})

#: What wraps a statement.
_WRAPS = frozenset({"text", "SQL"})

_PUTS = ("insert", "update", "replace")


class Statements:
    """Reads the constant statements of a project."""

    def __init__(self, program: Callers) -> None:
        self._program = program
        self._values = program.project.values
        self._selects: dict[ast.AST, list[Selected]] = {}
        self._run: dict[ast.AST, list[tuple[str, ast.Call]]] = {}

    def of(self, column: Column) -> list[Write]:
        """Return every place where a column of a table is given a value."""
        return self._written.get(column, [])

    def every(self) -> Iterator[Column]:
        """Yield every column that a statement gives a value."""
        yield from self._written

    def numeric(self, column: Column) -> bool:
        """Say whether a column is defined as one of numbers or dates."""
        return column[1] in self._tables.get(column[0], ([], set()))[1]

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table in order, as far as they are known."""
        return self._tables.get(table, ([], set()))[0]

    def selects(self, module: Module, call: ast.Call) -> list[Selected]:
        """Return what a call takes out of tables that is given a statement."""
        known = self._selects.get(call)

        if known is None:
            text = self._text(module, call)
            known = self._selects[call] = selected(text) if text else []

        return known

    def last_run(self, frame: Frame, node: ast.expr, line: int) -> ast.Call | None:
        """Return the call by which a cursor ran its last statement before a line."""
        run = self._run.get(frame.node)

        if run is None:
            run = self._run[frame.node] = [
                (frame.module.source(call.func.value), call)
                for call in walk(frame.node)
                if isinstance(call, ast.Call)
                if isinstance(call.func, ast.Attribute) and call.func.attr in _RUNS
                if body_of(call) is frame.node
            ]

        written = frame.module.source(node)
        found = [c for name, c in run if name == written and c.lineno <= line]
        return max(found, key=lambda c: c.lineno, default=None)

    def _text(self, module: Module, call: ast.Call) -> str | None:
        """Return the statement that a call is given, if it is constant."""
        node = call.args[0] if call.args else None

        if isinstance(node, ast.Call) and last(node.func) in _WRAPS and node.args:
            node = node.args[0]

        if last(call.func) in _WRAPS or node is None:
            return None

        if not isinstance(node, ast.Constant) and last(call.func) not in _RUNS:
            return None

        value = self._values.constant(module, node)
        return value.value if value and isinstance(value.value, str) else None

    @functools.cached_property
    def _written(self) -> dict[Column, list[Write]]:
        found: dict[Column, list[Write]] = {}
        order = {table: names for table, (names, _) in self._tables.items()}

        for module in self._program.project.modules:
            if module.test:
                continue

            for call in module.index.nodes(ast.Call):
                text = self._text(module, call) if len(call.args) > 1 else None

                if text and text.lstrip()[:7].lower().startswith(_PUTS):
                    for column, hole in stored(text, order):
                        found.setdefault(column, []).extend(
                            _given(
                                module, call, hole, spread=self._spread(module, call)
                            )
                        )

        return found

    def _spread(self, module: Module, call: ast.Call) -> bool:
        """Say whether a call takes the values one by one: ``change(sql, *values)``."""
        if last(call.func) in _RUNS:
            return True

        names = self._program.names
        found = names.definition(names.name_of(module, call.func))
        return (
            found is not None
            and isinstance(found[1], FUNCTIONS)
            and found[1].args.vararg is not None
        )

    @functools.cached_property
    def _tables(self) -> dict[str, tuple[list[str], set[str]]]:
        """The tables that the project defines: columns, and those of numbers."""
        found: dict[str, tuple[list[str], set[str]]] = {}

        for module in self._program.project.modules:
            if module.test:
                continue

            for node in module.index.nodes(ast.Constant):
                text = node.value

                if isinstance(text, str) and len(text) > 20:
                    if "create table" in text[:2_000].lower():
                        for table, names, numbers in created(text):
                            found.setdefault(table, (names, numbers))

        return found


def _given(
    module: Module, call: ast.Call, hole: Hole, *, spread: bool
) -> Iterator[Write]:
    """Yield what a call gives for a place-holder.

    :param spread: Whether it takes the values one by one.
    """
    rest = call.args[1:]
    many: Path = (EACH,) if last(call.func) == "executemany" else ()

    if len(rest) > 1 and isinstance(hole, int) and spread:
        if hole < len(rest):
            yield Write(module, call, rest[hole])

        return

    values = rest[0]

    if isinstance(values, ast.Tuple | ast.List) and not many:
        elements = values.elts

        if isinstance(hole, int) and hole < len(elements):
            yield Write(module, call, elements[hole])
    else:
        yield Write(module, call, values, (*many, f"[{hole}]"))
