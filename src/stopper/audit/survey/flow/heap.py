"""Where values are kept: every place that puts one into an attribute or an item."""

from __future__ import annotations

import ast
import typing as t
from collections.abc import Iterable
from collections.abc import Iterator

from ..index import FUNCTIONS
from ..index import parent_of
from ..module import Module
from .change import CHANGES
from .change import changes
from .change import key_of
from .frame import ANY
from .frame import EACH
from .frame import Key
from .frame import Path


class Store(t.NamedTuple):
    """A place where something is kept: ``base.x = value``, ``base.append(value)``.

    :param node: What stands there.
    :param path: Where the value is a part of the expression: ``a.x, b.x = pair``.
    :param poured: Whether all that the value has is put there, each by its own key.
    """

    module: Module
    node: ast.expr
    base: ast.expr
    key: Key
    value: ast.expr
    path: Path = ()
    poured: bool = False

    def rest(self, path: Path) -> Path:
        """Return which part of the value is asked for with a part of the base."""
        return path if self.poured else path[1:]


class Heap:
    """Every place where something is kept, by what it is kept as and in what."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.all: list[Store] = []
        self._named: dict[Key, list[Store]] = {}
        self._inside: dict[str, list[Store]] = {}

        for module in modules:
            for store in _stores(module):
                self.all.append(store)
                self._named.setdefault(store.key, []).append(store)
                name = _last(store.base)

                if name:
                    self._inside.setdefault(name, []).append(store)

    def named(self, key: Key) -> list[Store]:
        """Return every place where an attribute or an item of this name is set."""
        return self._named.get(key, [])

    def items(self, key: Key) -> list[Store]:
        """Return every place where such an item may be set, of whatever it is."""
        if key in (ANY, EACH):
            return [s for k, found in self._named.items() if k[0] == "[" for s in found]

        return [*self.named(key), *self.named(ANY)]

    def inside(self, name: str) -> list[Store]:
        """Return every place where something is put into what has this name."""
        return self._inside.get(name, [])


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"

    return node.id if isinstance(node, ast.Name) else ""


def _stores(module: Module) -> Iterator[Store]:
    if module.test:
        return

    for kind in (ast.Assign, ast.AnnAssign, ast.AugAssign):
        for node in module.index.nodes(kind):
            yield from _assigned(module, node)

    for call in module.index.nodes(ast.Call):
        func = call.func
        method = func.attr if isinstance(func, ast.Attribute) else ""

        if method in CHANGES or getattr(func, "id", "") == "setattr":
            for change in changes(call):
                if change.value is not None and len(change.keys) < 2:
                    target, value = change.target, change.value

                    if change.keys:
                        key, path = change.keys[0], change.path
                        yield Store(module, call, target, key, value, path)
                    else:
                        yield Store(module, call, target, ANY, value, poured=True)


def _assigned(module: Module, node: t.Any) -> Iterator[Store]:
    if node.value is None:
        return

    targets = node.targets if isinstance(node, ast.Assign) else [node.target]

    for target in targets:
        if isinstance(target, ast.Attribute | ast.Subscript):
            yield Store(module, target, target.value, key_of(target), node.value)
        elif isinstance(target, ast.Tuple | ast.List):
            for place, element in enumerate(target.elts):
                if isinstance(element, ast.Attribute | ast.Subscript):
                    path = (f"[{place}]",)
                    key = key_of(element)
                    yield Store(module, element, element.value, key, node.value, path)


def owner_of(node: ast.expr) -> ast.ClassDef | None:
    """Return the class of which ``self`` in ``self.x = value`` is an object."""
    if not isinstance(node, ast.Name):
        return None

    above = parent_of(node)

    while above is not None and not isinstance(above, FUNCTIONS):
        above = parent_of(above)

    if above is None:
        return None

    first = (*above.args.posonlyargs, *above.args.args)[:1]
    holder = parent_of(above)
    mine = first and first[0].arg == node.id
    return holder if mine and isinstance(holder, ast.ClassDef) else None
