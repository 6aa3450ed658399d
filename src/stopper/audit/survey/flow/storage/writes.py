"""Where the columns of a table are given their values."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator

from ...index import FUNCTIONS
from ...index import parent_of
from ...links import placed
from ...module import Module
from ..change import attribute
from ..frame import ANY
from ..frame import EACH
from ..frame import Path
from ..heap import owner_of
from ..heap import Store
from ..whole.callers import Callers
from ..whole.knowledge import Owner
from .columns import last
from .queries import Queries
from .tables import Tables
from .written import Write

#: Methods that give columns their values: by keywords, or in a dictionary.
_METHODS = frozenset(
    {
        *("update", "values", "create", "insert", "get_or_create", "insert_many"),
        *("update_one", "modify", "upsert_one", "bulk_insert_mappings"),
        *("bulk_update_mappings", "populate_obj", "execute"),
    }
)

#: Of those, the ones that are given a list of dictionaries.
_MANY = frozenset({"insert_many", "bulk_insert_mappings", "bulk_update_mappings"})

#: Those that are given the table first, or a statement about it.
_STATED = frozenset({"execute", "bulk_insert_mappings", "bulk_update_mappings"})

#: How many places are looked at that put something into one column.
FAN = 60


class Writes:
    """Finds what the project puts into a column."""

    def __init__(self, program: Callers, tables: Tables, queries: Queries) -> None:
        self._program = program
        self._tables = tables
        self._queries = queries
        self._known: dict[tuple[ast.ClassDef, str], list[Write]] = {}

    def of(self, module: Module, holder: ast.ClassDef, name: str) -> list[Write]:
        """Return every place where a column of a table is given a value."""
        mark = holder, name
        known = self._known.get(mark)

        if known is None:
            known = self._known[mark] = []
            family = self._tables.family(module, holder)
            known += self._made(family, name)
            known += self._set(family, name)
            known += self._sent(family, name)
            del known[FAN:]

        return known

    def _made(self, family: list[Owner], name: str) -> Iterator[Write]:
        """Yield what new rows are made with."""
        for module, holder in family:
            if self._program.method(module, holder, "__init__") is None:
                for call in self._program.makers(holder)[:FAN]:
                    yield from _by_keyword(call.module, call.node, name)

    def _set(self, family: list[Owner], name: str) -> Iterator[Write]:
        """Yield what is set as an attribute of a row."""
        classes = {node for _, node in family}

        for store in self._program.heap.named(f".{name}"):
            if self._is_row(store, classes):
                yield Write(store.module, store.node, store.value, store.path)

        for store in self._by_any_name:
            if self._is_row(store, classes):
                items = _items(store)
                value, path = (items, (f"[{name}]",)) if items else (store.value, ())
                yield Write(store.module, store.node, value, path)

    @functools.cached_property
    def _by_any_name(self) -> list[Store]:
        """Every ``setattr(row, key, value)``, for the keys that were sent."""
        return [
            store
            for store in self._program.heap.named(ANY)
            if last(getattr(store.node, "func", store.node)) == "setattr"
        ]

    def _is_row(self, store: Store, classes: set[ast.ClassDef]) -> bool:
        if owner_of(store.base) in classes:
            return True

        owners = self._program.types.of(store.module, store.base)

        if owners:
            return any(node in classes for _, node in owners)

        # Of unknown type, but with the name of the table: ``user.name = ...``
        named = last(store.base)
        return any(named == _snake(node.name) for node in classes)

    def _sent(self, family: list[Owner], name: str) -> Iterator[Write]:
        """Yield what statements put into a column."""
        classes = {node for _, node in family}

        for module, call, holder in self._calls:
            if holder not in classes:
                continue

            method = last(call.func)

            if method == "populate_obj":
                yield from self._from_form(module, call, name)
                continue

            yield from _by_keyword(module, call, name)
            begin: Path = (EACH,) if method in _MANY else ()

            for given in call.args[method in _STATED :]:
                yield from _in_mapping(module, call, given, name, begin)

    def _from_form(self, module: Module, call: ast.Call, name: str) -> Iterator[Write]:
        """Yield the data of a form's field that has the name of a column."""
        if not isinstance(call.func, ast.Attribute):
            return

        form = call.func.value
        field = placed(ast.Attribute(form, name, ast.Load()), form)

        for home, holder in self._program.types.of(module, form):
            if self._program.names.member(home, holder, name) is not None:
                value = placed(ast.Attribute(field, "data", ast.Load()), form)
                yield Write(module, call, value)
                return

    @functools.cached_property
    def _calls(self) -> list[tuple[Module, ast.Call, ast.ClassDef]]:
        """The calls that give columns of a table their values, with the table."""
        found = []

        for module in self._program.project.modules:
            if module.test:
                continue

            for call in module.index.nodes(ast.Call):
                if last(call.func) in _METHODS:
                    owner = self._table(module, call)

                    if owner is not None:
                        found.append((module, call, owner[1]))

        return found

    def _table(self, module: Module, call: ast.Call) -> Owner | None:
        method = last(call.func)
        func = call.func

        if method == "populate_obj":
            owners = [
                o for a in call.args[:1] for o in self._program.types.of(module, a)
            ]
            return next((o for o in owners if self._tables.is_table(o[1])), None)

        # ``session.execute(insert(User), [{...}])``
        if method in _STATED:
            return self._stated(module, call.args[0]) if len(call.args) > 1 else None

        if not isinstance(func, ast.Attribute):
            return None

        inner = func.value

        while isinstance(inner, ast.Call):
            stated = self._stated(module, inner)

            if stated is not None:
                return stated

            if not isinstance(inner.func, ast.Attribute):
                break

            inner = inner.func.value

        return self._queries.table(module, func.value)

    def _stated(self, module: Module, node: ast.expr) -> Owner | None:
        """Return the table of ``insert(User)`` and ``update(User)``, or of its name."""
        if isinstance(node, ast.Call) and last(node.func) in {"insert", "update"}:
            node = node.args[0] if node.args else node

        return None if isinstance(node, ast.Call) else self._queries.table(module, node)


def _by_keyword(module: Module, call: ast.Call, name: str) -> Iterator[Write]:
    for k in call.keywords:
        # ``set__name=`` as MongoEngine has it.
        if k.arg in {name, f"set__{name}"}:
            yield Write(module, k.value, k.value)
        elif k.arg in {"defaults", "values", "set_"}:
            yield from _in_mapping(module, call, k.value, name)
        elif k.arg is None:
            yield Write(module, call, k.value, (f"[{name}]",))


def _in_mapping(
    module: Module, call: ast.Call, node: ast.expr, name: str, begin: Path = ()
) -> Iterator[Write]:
    """Yield the value of a column in a dictionary, or in a list of them."""
    if isinstance(node, ast.List | ast.Tuple):
        for element in node.elts:
            yield from _in_mapping(module, call, element, name)

        return

    if not isinstance(node, ast.Dict):
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            yield Write(module, call, node, (*begin, f"[{name}]"))

        return

    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            yield Write(module, call, value, (f"[{name}]",))
        elif attribute(key) == f".{name}" or _is_column(key, name):
            yield Write(module, value, value)


def _is_column(key: ast.expr, name: str) -> bool:
    return isinstance(key, ast.Attribute) and key.attr == name


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _items(store: Store) -> ast.expr | None:
    """Return the mapping of which all is set: ``for k, v in x.items(): setattr(r, k, v)``."""
    above = parent_of(store.node)
    args = store.node.args if isinstance(store.node, ast.Call) else []
    names = [a.id for a in args[1:] if isinstance(a, ast.Name)]

    while above is not None and not isinstance(above, FUNCTIONS):
        if isinstance(above, ast.For) and isinstance(above.target, ast.Tuple):
            bound = [n.id for n in above.target.elts if isinstance(n, ast.Name)]
            func = above.iter.func if isinstance(above.iter, ast.Call) else None

            if bound == names and isinstance(func, ast.Attribute):
                return func.value if func.attr == "items" else None

        above = parent_of(above)

    return None
