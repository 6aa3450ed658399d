"""Follows what a library's function passes on."""

from __future__ import annotations

import ast

from ...pieces import text_pieces
from ...scope import Binds
from ..frame import ANY
from ..frame import EACH
from ..sources import keyed
from ..sources import Sources
from .builtin import Builtins
from .item import item_of
from .part import is_item
from .regex import Regexes
from .texts import HEADS
from .texts import Texts
from .trail import given_to
from .trail import PRINTED
from .trail import Spot
from .trail import Trail

#: What gives a container that has the items of its argument.
_KEEPS = frozenset(f"builtins.{name}" for name in ("list", "tuple", "dict")) | {
    "copy.copy",
    "copy.deepcopy",
}

#: Methods that look something up: what they give is not what they are asked with.
_LOOKS_UP = frozenset({"get", "pop", "setdefault", "getlist"})

#: Arguments that no function gives back.
_SAYS_HOW = frozenset({"timeout", "encoding"})

#: How functions are called that give what they were asked for, not what they were given.
_FETCHES = (
    *("get", "find", "load", "fetch", "query", "search", "read", "select", "list"),
    *("lookup", "open", "post", "put", "request", "check", "has", "is_", "count"),
)

#: Methods by which a schema reads what it is given.
_PARSES = frozenset(
    {"load", "loads", "model_validate", "model_validate_json", "parse_obj", "parse_raw"}
)


class Library:
    """Functions and methods of which the models know."""

    def __init__(
        self,
        trail: Trail,
        builtins: Builtins,
        regexes: Regexes,
        texts: Texts,
        sources: Sources,
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._kind = trail.kind
        self._head = trail.kind in HEADS
        models = trail.program.project.models
        self._passes = models.named("passes") | trail.keeps
        self._builtins = builtins
        self._regexes = regexes
        self._texts = texts
        self._sources = sources

    def passes(self, spot: Spot, node: ast.Call, name: str, method: str) -> bool:
        """Go on to what a function passes on of which the models know; say if one did."""
        if (
            self._got(spot, node, name)
            or self._option(spot, node, name)
            or self._builtins.built(spot, node, name)
            or self._regexes.used(spot, node, name)
        ):
            return True

        if name in self._passes:
            inner = spot.path if name in _KEEPS else ()
            self._trail.go_all(spot, given_to(node), inner)
            return True

        if name == "functools.partial":
            return True

        if not isinstance(node.func, ast.Attribute):
            return False

        if f"*.{method}" not in self._passes:
            return False

        self._passed(spot, node, node.func, method)
        return True

    def unknown(self, spot: Spot, node: ast.Call) -> None:
        """Go on to what a function nobody knows is given: it may pass it on.

        A method more likely gives something of its object than of its arguments.
        What the program made comes back only from what is known to give it back.
        """
        if self._trail.made is not None:
            return

        self._trail.open = True

        # What is looked up by a value of a stranger is not that value.
        if self._kind in PRINTED and not self._is_function(spot, node):
            return

        if isinstance(node.func, ast.Attribute):
            self._trail.go(spot, node.func.value, (), doubts=1)

        said = [k.value for k in node.keywords if k.arg not in _SAYS_HOW]

        for argument in (*node.args, *said):
            self._trail.go(spot, argument, (), doubts=1)

    def _is_function(self, spot: Spot, node: ast.Call) -> bool:
        """Say whether a library's function is called that looks nothing up."""
        names = self._program.names
        func: ast.expr = node.func
        word = getattr(func, "attr", getattr(func, "id", ""))

        while isinstance(func, ast.Attribute):
            func = func.value

        if not isinstance(func, ast.Name) or word.startswith(_FETCHES):
            return False

        bound = names.bound(spot.frame.module, func)
        return bound is not None and bound[1].how is Binds.IMPORT

    def reads(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Go on to what a schema was given to read, unless it takes only numbers there.

        :return: Whether it is a schema that reads.
        """
        if not isinstance(node.func, ast.Attribute) or method not in _PARSES:
            return False

        found = self._sources.schema(spot.frame.module, node.func.value)

        if found is None:
            return False

        # The names of what is read are the schema's own.
        if spot.path[:1] == (EACH,) and not self._sources.takes_others(
            *found, spot.frame.module
        ):
            return True

        if not (spot.path and self._sources.held(*found, spot.path[0])):
            for argument in node.args[:1]:
                self._trail.go(spot, argument, keyed(spot.path))

        return True

    def _got(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to what has an attribute that ``getattr`` names; say if it does."""
        if name != "builtins.getattr" or len(node.args) < 2:
            return False

        named = node.args[1]

        if not isinstance(named, ast.Constant) or not isinstance(named.value, str):
            return False

        self._trail.go(spot, node.args[0], (f".{named.value}", *spot.path))
        self._trail.go_all(spot, node.args[2:])
        return True

    def _option(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to the option of a section; say if a configuration is asked for one."""
        asked = name.startswith("configparser.") and name.endswith(".get")

        if not asked or len(node.args) != 2 or not isinstance(node.func, ast.Attribute):
            return False

        keys = [item_of(self._program, spot.frame, a) for a in node.args]
        self._trail.go(spot, node.func.value, (*keys, *spot.path))
        return True

    def _passed(
        self, spot: Spot, node: ast.Call, func: ast.Attribute, method: str
    ) -> None:
        """Go on to the object of a method, and to what it is given."""
        pieces = text_pieces(node) if self._head else None

        if pieces is not None:
            self._texts.pieces(spot, pieces)
        elif method in _LOOKS_UP:
            self._looked_up(spot, node, func, method)
        elif method in {"items", "values"}:
            self._entries(spot, func, method)
        elif method == "join":
            self._trail.go(spot, func.value, ())
            self._trail.go_all(spot, node.args, (EACH,))
        elif method == "copy":
            self._trail.go(spot, func.value)
        else:
            self._trail.go(spot, func.value, ())
            self._trail.go_all(spot, given_to(node), ())

    def _looked_up(
        self, spot: Spot, node: ast.Call, func: ast.Attribute, method: str
    ) -> None:
        """Go on to the item that is asked for, and to what there is instead of it."""
        if node.args:
            wanted = item_of(self._program, spot.frame, node.args[0])
        else:
            wanted = "[-1]" if method == "pop" else ANY

        self._trail.go(spot, func.value, (wanted, *spot.path))
        self._trail.go_all(spot, given_to(node)[bool(node.args) :])

    def _entries(self, spot: Spot, func: ast.Attribute, method: str) -> None:
        """Go on to what a dictionary has, with its keys or without."""
        path = spot.path

        if not is_item(path):
            self._trail.go(spot, func.value, path)
            return

        rest = path[1:]

        if method == "items" and rest[:1] == ("[0]",):
            self._trail.go(spot, func.value, (EACH,))
            return

        rest = rest[1:] if method == "items" and is_item(rest) else rest
        self._trail.go(spot, func.value, (ANY, *rest))
