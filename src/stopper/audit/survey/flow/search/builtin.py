"""Follows what Python's own functions put together."""

from __future__ import annotations

import ast

from ..change import number
from ..frame import EACH
from .attributes import Attributes
from .descent import Descent
from .part import is_item
from .part import matches
from .part import shifted
from .part import word
from .trail import Spot
from .trail import Trail

#: What gives the items in another order.
_ORDERS = frozenset(
    f"builtins.{name}" for name in ("sorted", "reversed", "set", "frozenset", "iter")
)

#: What runs a function over items.
_RUN = frozenset({"builtins.map", "builtins.filter"})

#: What gives the attributes of an object as a dictionary.
_ITEMS = frozenset({"builtins.vars", "dataclasses.asdict"})

_EXCEPTIONS = ("Exception", "Error", "Warning", "KeyboardInterrupt")


class Builtins:
    """Functions that make one thing of several, or the other way round."""

    def __init__(self, trail: Trail, descent: Descent, attributes: Attributes) -> None:
        self._trail = trail
        self._program = trail.program
        self._kind = trail.kind
        self._descent = descent
        self._attributes = attributes

    def built(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the parts that a builtin puts together; say if it was one."""
        if name == "builtins.dict":
            # Answered as a whole, it goes out as JSON.
            if spot.path or self._kind != "html":
                self._dict(spot, node)
        elif name in _RUN and len(node.args) > 1:
            self._mapped(spot, node, name)
        else:
            return (
                self._several(spot, node, name)
                or self._objects(spot, node, name)
                or self._tuple(spot, node)
            )

        return True

    def _several(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the items of what is gone over; say if it was."""
        path, args = spot.path, node.args

        if name == "builtins.zip":
            place = number(path[1]) if len(path) > 1 else None
            known = place is not None and 0 <= place < len(args)
            nodes = [args[place]] if known else args  # type: ignore[index]  # known
            self._trail.go_all(spot, nodes, (EACH, *path[2:]))
        elif name == "builtins.enumerate":
            if path[1:2] != ("[0]",):
                self._trail.go_all(spot, args[:1], (EACH, *path[2:]))
        elif name in {"builtins.next", "builtins.min", "builtins.max"}:
            several = name != "builtins.next" and len(args) > 1
            self._trail.go_all(spot, args[:1], path if several else (EACH, *path))
            self._trail.go_all(spot, args[1:])
        elif name in {"builtins.sum", "itertools.chain", "functools.reduce"}:
            first = 1 if name == "functools.reduce" else 0
            inner = (EACH, *path) if name == "builtins.sum" else (EACH, *path[1:])
            self._trail.go_all(spot, args[first:], shifted(inner))
        elif name == "builtins.locals":
            self._locals(spot)
        elif name in _ORDERS:
            self._trail.go_all(spot, args[:1], (EACH, *path[1:]))
        else:
            return False

        return True

    def _locals(self, spot: Spot) -> None:
        """Go on to the variables of a function; which one, the item says."""
        path = spot.path

        for made in spot.frame.defined.get(word(path[0]), ()) if path else ():
            self._trail.go(spot, made, path[1:])

    def _objects(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to what an object has as attributes; say if it was one."""
        path = spot.path

        if name in _ITEMS and node.args and is_item(path):
            self._trail.go(spot, node.args[0], (f".{path[0][1:-1]}", *path[1:]))
        elif name == "types.SimpleNamespace" and path:
            self._attributes.fields(spot, node, (), path)
        elif name == "dataclasses.replace" and path and node.args:
            named = {f".{k.arg}" for k in node.keywords}
            changes = ast.Call(node.func, [], node.keywords)
            self._attributes.fields(spot, changes, (), path)
            self._trail.go_all(spot, node.args[:1] if path[0] not in named else [])
        elif name.startswith("builtins.") and name.endswith(_EXCEPTIONS):
            inner = path[2:] if path[:1] == (".args",) else ()
            self._trail.go_all(spot, node.args, inner)
        else:
            return False

        return True

    def _tuple(self, spot: Spot, node: ast.Call) -> bool:
        """Go on to what a named tuple was given; say if it is one."""
        path = spot.path
        fields = self._program.tuple_fields(spot.frame.module, node.func)

        if not fields or not path:
            return False

        wanted = path[0]
        place = number(wanted)

        if place is not None and -len(fields) <= place < len(fields):
            wanted = f".{fields[place]}"

        self._attributes.fields(spot, node, fields, (wanted, *path[1:]))
        return True

    def _mapped(self, spot: Spot, node: ast.Call, name: str) -> None:
        """Go into the function that is run over the items, or on to the items."""
        path = spot.path
        function = node.args[0]
        found = self._program.functions.of(spot.frame, function, spot.calls)

        if name == "builtins.filter" or not found:
            self._trail.go(spot, node.args[1], (EACH, *path[1:]) if path else (EACH,))
            return

        for callee in found:
            inner = callee._replace(shift=1, each=True)
            self._descent.enter(
                spot, node, inner, path=path[1:] if is_item(path) else path
            )

    def _dict(self, spot: Spot, node: ast.Call) -> None:
        """Go on to what a dictionary is made of: another, pairs, or names."""
        path = spot.path

        for argument in node.args:
            self._trail.go(spot, argument)

            # Of pairs.
            if is_item(path) and path[0] != EACH:
                self._trail.go(spot, argument, (EACH, "[1]", *path[1:]))

        for k in node.keywords:
            if k.arg is None:
                self._trail.go(spot, k.value)
            elif not path and self._kind == "attribute-set":
                # Their names are the app's own.
                continue
            elif not path or matches(path[0], f"[{k.arg}]"):
                self._trail.go(spot, k.value, path[1:])
