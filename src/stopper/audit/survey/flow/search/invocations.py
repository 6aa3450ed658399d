"""Follows a call to what it gives back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...module import Module
from ..change import key
from ..flow import Flow
from ..flow import Origin
from ..frame import EACH
from ..sources import Sources
from ..sources import TYPED
from .caches import CONFIGS
from .descent import Descent
from .library import Library
from .names import Narrow
from .objects import Objects
from .request import Request
from .stored import Stored
from .stores import KEEPERS
from .stores import Stores
from .texts import LINES
from .texts import read_later
from .texts import without_ends
from .trail import PRINTED
from .trail import Spot
from .trail import Trail

#: Methods that give what was sent.
_READS = frozenset({"get_json", "get_data"})

#: Of which harm the beginning of an address is what counts.
_ADDRESSES = frozenset({"redirect", "scheme", "url"})

#: Methods of texts alone, and of lists of texts that they give.
_OF_TEXTS = frozenset(
    {
        *("strip", "lstrip", "rstrip", "lower", "upper", "casefold", "title", "split"),
        *("rsplit", "splitlines", "partition", "rpartition", "encode", "decode"),
        *("replace", "join", "format", "zfill"),
    }
)

#: How many steps are looked back at.
_BACK = 200


class Invocations:
    """Calls as they are written."""

    def __init__(
        self,
        trail: Trail,
        request: Request,
        descent: Descent,
        stores: Stores,
        stored: Stored,
        objects: Objects,
        library: Library,
        sources: Sources,
        clears: frozenset[str],
    ) -> None:
        self._trail = trail
        self._program = trail.program
        self._names = trail.program.names
        self._kind = trail.kind
        models = trail.program.project.models
        self._passes = models.named("passes") | trail.keeps
        self._empty = models.named("clears") - trail.keeps
        self._request = request
        self._descent = descent
        self._stores = stores
        self._stored = stored
        self._objects = objects
        self._library = library
        self._sources = sources
        self._narrow = Narrow(trail.program.names)
        self._clears = clears

    def call(self, spot: Spot, node: ast.Call) -> Iterator[Flow]:
        """Go on to what a call gives back; yield what comes in with it."""
        module = spot.frame.module
        name = self._names.name_of(module, node.func) or ""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""

        made = self._trail.made

        if made is not None and made.by(name, spot.path):
            yield self._trail.found(spot, Origin.PROGRAM, name, node)
            return

        if self._cleared(module, node, name) or self._narrowed(spot, node, method):
            return

        brought = self._sources.given(module, node, spot.path)

        if brought is not None:
            yield self._trail.found(spot, Origin.REQUEST, brought, node)
            return

        if self._kind == "path":
            member = self._sources.member(module, node, spot.path)

            if member is not None:
                yield self._trail.found(spot, Origin.ARCHIVE, member, node)
                return

        if name in TYPED:
            yield self._trail.found(spot, Origin.COMMAND, name, node)
            return

        if self._kind in LINES and without_ends(node, method):
            return

        found = self._request.read(spot, node, name)

        if found is not None:
            yield from found
        elif name == "flask.get_flashed_messages" and self._kind in PRINTED:
            self._stores.flashed(spot)
        elif not self._of_kept(spot, node, method):
            self._functions(spot, node, name, method)

    def _cleared(self, module: Module, node: ast.Call, name: str) -> bool:
        """Say whether nothing of harm is left of what a call is given."""
        if name in self._clears:
            return True

        last = name.rpartition(".")[2] or getattr(node.func, "attr", "")

        # It begins with the app's own host, or with the path that the route has.
        if self._kind in _ADDRESSES and not name.startswith("flask."):
            if last == "url_for" or last.startswith("url_for_"):
                return True

        if any(k.arg == "type" for k in node.keywords):
            if self._sources.typed(module, node):
                return True

        # Of lists it makes a longer one.
        return name in self._empty and not (name == "builtins.sum" and node.args[1:])

    def _narrowed(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Say whether nothing is left of a path but the name of a file.

        Or of what may be a mapping nothing but text.
        """
        if self._kind == "nosql":
            return method in _OF_TEXTS and not read_later(spot)

        if self._kind != "path":
            return False

        module = spot.frame.module

        if method == "replace" and self._narrow.replaced(module, node):
            return not _put_back(spot)

        return self._narrow.part(module, node, spot.path)

    def _of_kept(self, spot: Spot, node: ast.Call, method: str) -> bool:
        """Go to what is kept and asked for by a method; say if that is all of it."""
        if not isinstance(node.func, ast.Attribute):
            return False

        base = self._names.name_of(spot.frame.module, node.func.value) or ""

        if base in KEEPERS:
            if method in {"get", "pop", "setdefault"} and node.args:
                named = key(node.args[0])
                wanted = f".{named[1:-1]}" if base == "flask.g" else named
                self._stores.kept(spot, wanted, base)
                self._trail.go_all(spot, node.args[1:])

            return True

        if base in CONFIGS and method == "get" and node.args:
            self._stored.caches.setting(spot, node, key(node.args[0]))
            self._trail.go_all(spot, node.args[1:])
            return True

        if method == "keys" and not node.args:
            self._trail.go(spot, node.func.value, (EACH, *spot.path[1:]))
            return True

        # Of a request that goes by another name.
        if method in _READS:
            self._trail.go(spot, node.func.value, (f".{method}",))

        return False

    def _functions(self, spot: Spot, node: ast.Call, name: str, method: str) -> None:
        """Go into the functions that are called, the surest ones alone."""
        callees = self._program.callees(spot.frame.module, node)
        sure = [c for c in callees if c.sure]

        if self._stored.statements.asked(spot, node, method):
            return

        if sure:
            self._objects.own(spot, node, sure)
        elif self._stored.called(spot, node, method):
            return
        elif not (
            self._made(spot, node, name)
            or self._library.reads(spot, node, method)
            or self._held(spot, node, name)
            or self._library.passes(spot, node, name, method)
            or f"*.{method}" in self._empty
        ):
            for callee in callees:
                self._descent.enter(spot, node, callee, doubts=1)

            self._library.unknown(spot, node)

    def _made(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go on to what an object is made of, if a class is called."""
        found = self._names.definition(name)

        if found is None or not isinstance(found[1], ast.ClassDef):
            return False

        if self._program.is_object(spot.frame.module, node.func):
            return False

        self._objects.made(spot, node, found[0], found[1], None)
        return True

    def _held(self, spot: Spot, node: ast.Call, name: str) -> bool:
        """Go into the functions that a name holds, or into ``__call__`` of an object."""
        if name and name in self._passes:
            return False

        found = self._program.functions.of(spot.frame, node.func, spot.calls)

        for callee in found:
            self._descent.enter(spot, node, callee)

        return bool(found) or self._descent.dunder(
            spot, node.func, "__call__", node, node.args
        )


def _put_back(spot: Spot) -> bool:
    """Say whether slashes are put in again on the way that is gone back."""
    at = spot.before

    for _ in range(_BACK):
        if at is None:
            return False

        thing = at.thing

        if isinstance(thing, ast.Call) and len(thing.args) == 2:
            put = thing.args[1]
            replaces = getattr(thing.func, "attr", "") == "replace"

            if replaces and isinstance(put, ast.Constant) and "/" in str(put.value):
                return True

        at = at.before

    return False
