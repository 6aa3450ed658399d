"""Which objects the names of one function share: aliases, parts, and what holds them."""

from __future__ import annotations

import ast
import typing as t

from ...index import inner_scope
from ...module import Module
from ..change import CHANGES
from ..change import key
from ..decided import constant_of
from ..decided import decided
from ..decided import Unknown
from ..decided import value_of
from ..frame import ANY
from ..frame import Body
from ..frame import Definition
from ..frame import DEPTH
from ..frame import Frame
from ..frame import Guard
from ..frame import How
from ..frame import Path
from .state import Around

#: How many items of one container are looked at for other objects.
PARTS = 40


class Aliases:
    """Makes definitions, and knows which other objects each is, or is a part of."""

    def __init__(self, module: Module, node: Body, around: Around) -> None:
        self.frame = Frame(module, node)
        self._around = around
        scope = inner_scope(node) or module.scope
        #: Names that functions inside of this one may bind anew.
        self._shared = scope.shared
        #: Names of methods that change their object.
        self._methods: set[str] = set()
        self._trying: list[list[Definition]] = []

    def _define(
        self,
        how: How,
        name: str,
        node: ast.AST | None,
        guard: Guard | None,
        value: ast.expr | None = None,
        path: Path = (),
    ) -> Definition:
        made = Definition(
            how, name, node, self.frame, value=value, path=path, guard=guard
        )
        self.frame.defined.setdefault(name, []).append(made)

        for made_in in self._trying:
            made_in.append(made)

        return made

    def _outer(self, name: str, node: ast.AST) -> Definition:
        return Definition(How.OUTER, name, node, self.frame)

    def _shares(self, made: Definition, value: ast.expr) -> None:
        """Note which other objects a new one is, is a part of, or has as parts."""
        if isinstance(value, ast.Name):
            known = self.frame.uses.get(value)
            made.root = known.root if known else made
            made.length = known.length if known else None
        elif isinstance(value, ast.Attribute | ast.Subscript):
            if isinstance(value, ast.Attribute) and value.attr in CHANGES:
                self._methods.add(made.name)

            keys, base = self._keys(value)
            known = self.frame.uses.get(base) if isinstance(base, ast.Name) else None

            if known is not None:
                made.inside = known.root, keys
        elif isinstance(value, ast.List | ast.Tuple | ast.Dict):
            made.held = self._parts(value, ())

            if isinstance(value, ast.List):
                starred = any(isinstance(e, ast.Starred) for e in value.elts)
                made.length = None if starred else len(value.elts)

    def _parts(self, value: ast.expr, path: Path) -> list[tuple[Path, Definition]]:
        """Return the named objects that a display has in it."""
        pairs: list[tuple[str, ast.expr]] = []

        if isinstance(value, ast.Name):
            known = self.frame.uses.get(value)
            return [(path, known.root)] if known else []

        if isinstance(value, ast.Dict):
            named = zip(value.keys, value.values, strict=True)
            pairs = [(key(k), v) for k, v in named if k is not None]
        elif isinstance(value, ast.List | ast.Tuple):
            pairs = [(f"[{n}]", v) for n, v in enumerate(value.elts)]

        if len(path) >= DEPTH or len(pairs) > PARTS:
            return []

        return [found for k, v in pairs for found in self._parts(v, (*path, k))]

    def _keys(self, node: ast.expr) -> tuple[Path, ast.expr]:
        """Take an object's part apart: by which keys it is reached, and of what."""
        keys: list[str] = []

        while True:
            if isinstance(node, ast.Attribute):
                # ``x.__dict__["name"]`` is ``x.name``.
                if node.attr == "__dict__" and keys and keys[0].startswith("["):
                    keys[0] = f".{keys[0][1:-1]}"
                elif node.attr != "__dict__":
                    keys.insert(0, f".{node.attr}")

                node = node.value
            elif isinstance(node, ast.Subscript):
                keys.insert(0, self._key(node.slice))
                node = node.value
            elif _gets(node):
                call = t.cast(ast.Call, node)
                keys.insert(0, self._key(call.args[0]))
                node = t.cast(ast.Attribute, call.func).value
            else:
                return tuple(keys), node

    def _key(self, node: ast.expr) -> str:
        """Return which item a subscript names, also by a name for it."""
        if isinstance(node, ast.Name | ast.BinOp | ast.Attribute):
            try:
                found = value_of(node, self._constant)
            except (Unknown, TypeError, ValueError, ArithmeticError, LookupError):
                return ANY

            return f"[{found}]" if isinstance(found, str | int) else ANY

        return key(node)

    def _constant(self, node: ast.expr) -> t.Any:
        known = self.frame.uses.get(node)

        if known is None or known.how is How.OUTER:
            return self._around.constant(node)

        value = constant_of(known)

        if value is None or isinstance(value, ast.List) or known.name in self._shared:
            raise Unknown

        return value_of(value, self._constant)

    def _decided(self, test: ast.expr) -> bool | None:
        """Say what a test comes out as that constants decide."""
        return decided(test, self._constant)


def _gets(node: ast.expr) -> bool:
    """Say whether this is ``x.get("name")`` or ``x.setdefault("name", [])``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"get", "setdefault"}
        and bool(node.args)
    )
