"""Of which rows an expression is that asks a database."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterator

from ...module import Module
from ..frame import How
from ..heap import owner_of
from ..whole.knowledge import Knowledge
from ..whole.knowledge import Owner
from .columns import last
from .tables import Tables

#: What follows the name of a table where it is asked for its rows.
_ASKS = frozenset(
    {
        *("query", "objects", "select", "get", "get_by_id", "get_or_none", "filter"),
        *("get_or_create", "get_or_404", "first_or_404", "raw", "find", "find_one"),
    }
)

#: What is given a table, or columns of it, and asks for its rows.
_GIVEN = frozenset({"query", "select", "get", "get_one", "get_or_404"})

#: What is given a statement that asks for rows.
_RUNS = frozenset(
    {
        *("execute", "scalars", "scalar", "scalar_one", "first_or_404", "one_or_404"),
        "paginate",
    }
)

#: What comes of rows that are none: a number of them, or nothing.
_ENDS = frozenset({"count", "delete", "exists", "update", "values", "insert"})

#: What gives rows and no more a query, and what such rows are still asked for.
_ROWS = frozenset(
    {
        *("all", "first", "get", "get_by_id", "get_or_404", "get_or_none", "one"),
        *("first_or_404", "get_one", "one_or_404", "one_or_none", "scalar"),
        *("scalar_one", "scalar_one_or_none", "fetchone", "fetchall", "paginate"),
    }
)
_STILL = frozenset({"copy", "to_dict", "_asdict", "to_mongo"})

#: How many calls of one chain are gone through.
LENGTH = 40

#: How many names are gone through to a query.
NAMES = 6


class Entity(t.NamedTuple):
    """What a query gives: rows of a table, or one column of them.

    :param below: Whether it may be a table below it, by whichever was asked:
        ``cls.query``.
    """

    owner: Owner
    column: str = ""
    below: bool = False


class Queries:
    """Tells of which rows an expression is."""

    def __init__(self, program: Knowledge, tables: Tables) -> None:
        self._program = program
        self._tables = tables
        self._known: dict[ast.AST, tuple[Entity, ...]] = {}

    def of(self, module: Module, node: ast.expr) -> tuple[Entity, ...]:
        """Return what a query gives, nothing for what is none."""
        known = self._known.get(node)

        if known is None:
            asks = isinstance(node, ast.Call) and last(node.func) not in _ENDS
            known = self._of(module, node, 0) if asks or is_query(node) else ()
            self._known[node] = known

        return known

    def table(self, module: Module, node: ast.expr) -> Owner | None:
        """Return the table of which an expression names the rows, however it ends."""
        found = self._of(module, node, 0) or self._named(module, node)
        return found[0].owner if found else None

    def _of(self, module: Module, node: ast.expr, depth: int) -> tuple[Entity, ...]:
        at: ast.expr | None = node

        for _ in range(LENGTH):
            match at:
                case ast.Call():
                    found = self._called(module, at, depth)

                    if found:
                        return found

                    at = _before(at)
                case ast.Attribute() if at.attr in _ASKS:
                    return self._named(module, at.value)
                case ast.Await():
                    at = at.value
                case ast.Name() if depth < NAMES:
                    return self._held(module, at, depth)
                case _:
                    return ()

        return ()

    def _called(self, module: Module, call: ast.Call, depth: int) -> tuple[Entity, ...]:
        """Return what a call asks for by what it is given, or by whose method it is."""
        name = last(call.func)

        if name in _GIVEN:
            most = len(call.args) if name in {"query", "select"} else 1
            given = [e for a in call.args[:most] for e in self._given(module, a)]

            if given:
                return tuple(given)

        if name in _RUNS and call.args and depth < NAMES:
            found = self._of(module, call.args[0], depth + 1)

            if found:
                return found

        if name in _ASKS and isinstance(call.func, ast.Attribute):
            # A method of a row asks for no others.
            own = last(call.func.value) == "self"
            return () if own else self._named(module, call.func.value)

        return ()

    def _given(self, module: Module, node: ast.expr) -> Iterator[Entity]:
        """Yield what an argument of ``query`` asks for: a table, or a column."""
        if isinstance(node, ast.Starred):
            return

        yield from self._named(module, node)

        if isinstance(node, ast.Call) and last(node.func) == "label":
            node = node.func.value if isinstance(node.func, ast.Attribute) else node

        if isinstance(node, ast.Attribute):
            for entity in self._named(module, node.value):
                yield Entity(entity.owner, node.attr)

    def _named(self, module: Module, node: ast.expr) -> tuple[Entity, ...]:
        """Return the table that an expression is the name of."""
        if not isinstance(node, ast.Name | ast.Attribute):
            return ()

        holder = owner_of(node)

        if holder is not None:
            known = self._tables.is_table(holder)
            return (Entity((module, holder), below=True),) if known else ()

        found = self._program.definition(module, node)

        if found is None or not self._tables.is_table(found[1]):
            return ()

        if not self._program.is_class(module, node):
            return ()

        return (Entity(t.cast(Owner, found)),)

    def _held(self, module: Module, node: ast.Name, depth: int) -> tuple[Entity, ...]:
        """Return what the query asks for that a name holds."""
        frame = self._program.around(module, node)
        used = frame.uses.get(node)

        for _ in range(NAMES):
            if used is not None and used.how is How.MERGE and used.inputs:
                # ``query = query.filter(...)`` under a condition is the same query.
                used = used.inputs[0][0]
            else:
                break

        if used is None or used.how is not How.VALUE or used.value is None:
            return ()

        made = used.value

        if used.path or not (isinstance(made, ast.Call) or is_query(made)):
            return ()

        # What is called on a row is no query.
        if isinstance(made, ast.Call) and last(made.func) in _ROWS:
            return ()

        return self._of(module, made, depth + 1)


def is_query(node: ast.expr) -> bool:
    """Say whether an attribute is written as the query for all rows of a table."""
    return isinstance(node, ast.Attribute) and node.attr in {"query", "objects"}


def _before(call: ast.Call) -> ast.expr | None:
    """Return what a method of a query is called on, ``None`` if it is of a row."""
    if not isinstance(call.func, ast.Attribute):
        return None

    inner = call.func.value
    made = inner.func if isinstance(inner, ast.Call) else None

    if made is not None and last(made) in _ROWS and call.func.attr not in _STILL:
        return None

    return inner
