"""Follows an expression to what it is made of."""

from __future__ import annotations

import ast
import typing as t

from ...index import parent_of
from ..change import key
from ..change import number
from ..frame import ANY
from ..frame import EACH
from .item import item_of
from .part import is_item
from .part import matches
from .texts import Texts
from .trail import guard_at
from .trail import more
from .trail import Spot
from .trail import Trail


class Expressions:
    """Displays, comprehensions, and what chooses one of several."""

    def __init__(self, trail: Trail, texts: Texts) -> None:
        self._trail = trail
        self._program = trail.program
        self._kind = trail.kind
        self._texts = texts

    def parts(self, spot: Spot, node: ast.expr) -> None:
        """Go on to what an expression is made of."""
        path = spot.path

        match node:
            case ast.JoinedStr() | ast.BinOp():
                self._texts.text(spot, node)
            case ast.BoolOp():
                self._each(spot, node.values)
            case ast.IfExp():
                self._each(spot, [node.body, node.orelse])
            # Answered as a whole, what is no text goes out as JSON.
            case ast.List() | ast.Dict() | ast.ListComp() | ast.DictComp() if (
                self._json(spot)
            ):
                pass
            case ast.Tuple() | ast.List():
                answer = self._json(spot) and isinstance(parent_of(node), ast.Return)
                # Status and headers come behind what is answered.
                self._elements(spot, node.elts[:1] if answer else node.elts)
            case ast.Set():
                for element in node.elts:
                    self._trail.go(spot, element, path[1:])
            case ast.Dict():
                # A part of what is kept together is not what the whole is called.
                if path or self._trail.made is None:
                    self._pairs(spot, node)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._trail.go(spot, node.elt, path[1:] if is_item(path) else path)
            case ast.DictComp():
                self._mapping(spot, node)
            case ast.Lambda() if not path:
                self._called(spot, node)
            case ast.Starred() | ast.Await() | ast.NamedExpr():
                self._trail.go(spot, node.value)
            case ast.FormattedValue():
                self._texts.formatted(spot, node)
            case ast.UnaryOp() if not isinstance(node.op, ast.Not):
                self._trail.go(spot, node.operand)
            case _:
                pass

    def _json(self, spot: Spot) -> bool:
        """Say whether it is a whole answer that is asked for."""
        return self._kind == "html" and not spot.path

    def _mapping(self, spot: Spot, node: ast.DictComp) -> None:
        path = spot.path

        # A dictionary has no attributes: a template asks for an item like this.
        if path and not is_item(path):
            path = (f"[{path[0][1:]}]", *path[1:])

        if path[:1] != (EACH,):
            self._trail.go(spot, node.value, path[1:] if is_item(path) else path)

        if not path or path[0] == EACH:
            self._trail.go(spot, node.key, path[1:])

    def _called(self, spot: Spot, node: ast.Lambda) -> None:
        """Go to what a lambda gives back: whoever gets it may call it."""
        frame = self._program.frame(spot.frame.module, node)

        for back in frame.given:
            self._trail.jump(spot, frame, back.value, (), (), None)

    def _each(self, spot: Spot, nodes: t.Sequence[ast.expr]) -> None:
        for node in nodes:
            guards = more(spot.guards, guard_at(spot.frame, node))
            self._trail.go(spot, node, guards=guards)

    def _elements(self, spot: Spot, nodes: t.Sequence[ast.expr]) -> None:
        path = spot.path

        if not is_item(path):
            for node in nodes:
                self._trail.go(spot, node, ())

            return

        nodes = _flat(nodes)
        starred = any(isinstance(n, ast.Starred) for n in nodes)
        wanted = (f"[{len(nodes) + (number(path[0]) or 0)}]", ANY, EACH, path[0])

        for place, node in enumerate(nodes):
            if isinstance(node, ast.Starred):
                self._trail.go(spot, node.value, (ANY, *path[1:]))
            elif starred or f"[{place}]" in wanted or path[0] in (ANY, EACH):
                self._trail.go(spot, node, path[1:])

    def _pairs(self, spot: Spot, node: ast.Dict) -> None:
        path = spot.path
        pairs = list(zip(node.keys, node.values, strict=True))

        # The last of a key counts.
        for name, value in reversed(pairs):
            if name is None:
                self._trail.go(spot, value)

                if path and isinstance(value, ast.Dict) and _has(value, path[0]):
                    return
            elif not path:
                # Which attributes are set, the keys alone say.
                if self._kind != "attribute-set":
                    self._trail.go(spot, value, ())

                self._trail.go(spot, name, ())
            elif path[0] == EACH:
                self._trail.go(spot, name, path[1:])
            else:
                wanted = item_of(self._program, spot.frame, name)

                if matches(path[0], wanted):
                    self._trail.go(spot, value, path[1:])

                if path[0] == wanted != ANY:
                    return


def _flat(nodes: t.Sequence[ast.expr]) -> list[ast.expr]:
    """Return the items of a display, of ``*[a, b]`` within it each one."""
    found: list[ast.expr] = []

    for node in nodes:
        inner = node.value if isinstance(node, ast.Starred) else None
        found += inner.elts if isinstance(inner, ast.List | ast.Tuple) else [node]

    return found


def _has(node: ast.Dict, part: str) -> bool:
    return any(name is not None and key(name) == part for name in node.keys)
