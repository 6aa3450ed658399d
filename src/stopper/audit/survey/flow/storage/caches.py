"""What the project puts into caches, by their key."""

from __future__ import annotations

import ast
import functools
import re
import typing as t
from collections.abc import Iterator

from ...module import Module
from ..frame import ANY
from ..frame import EACH
from ..frame import Path
from ..whole.callers import Callers
from .columns import last
from .places import Places
from .written import Write

#: What a cache is called, where it is not seen what it is.
_NAMED = re.compile(r"_?(\w+_)?(cache|redis|redis_client|redis_conn|memcached?)$", re.I)

#: Methods that give what a key has; an item of it by a second argument; items of it.
_GETS = frozenset({"get", "getset", "getdel", "getex"})
_GETS_ITEM = frozenset({"hget"})
_GETS_ITEMS = frozenset({"hgetall", "hvals", "hmget"})
_GETS_ONE = frozenset({"lpop", "rpop", "lindex", "spop", "srandmember"})
_GETS_EACH = frozenset({"lrange", "smembers", "zrange", "zrevrange"})
GETS = _GETS | _GETS_ITEM | _GETS_ITEMS | _GETS_ONE | _GETS_EACH

#: Methods that put their last argument, or all after the first, under a key.
_SETS = frozenset({"set", "add", "setex", "psetex", "setnx", "getset", "replace"})
_SETS_EACH = frozenset({"lpush", "rpush", "sadd"})
_SETS_ITEMS = frozenset({"hset", "hmset", "hsetnx"})
_PUTS = _SETS | _SETS_EACH | _SETS_ITEMS

#: Of those, the ones that take the value after a time.
_LATE = frozenset({"setex", "psetex"})


class Asked(t.NamedTuple):
    """What is asked of a cache.

    :param path: Which part of what a key has.
    """

    base: str
    key: str
    path: Path


class Caches:
    """Finds what the project puts into caches."""

    def __init__(self, program: Callers, places: Places) -> None:
        self._program = program
        self._places = places
        self._types = program.project.models.named("cache")

    def of(self, asked: Asked) -> list[Write]:
        """Return all that is put into a cache under a key."""
        return self._written.get((asked.base, asked.key), [])

    def known(self, asked: Asked) -> bool:
        """Say whether it is a cache, and not what is only called one."""
        return asked.base in self._types

    def asked(self, module: Module, call: ast.Call) -> Asked | None:
        """Return what a call asks a cache for, ``None`` if it asks for nothing."""
        method = last(call.func)

        if method not in GETS or not call.args:
            return None

        base, key = self._base(module, call), None

        if base:
            key = self._places.key(module, call.args[0])

        if not base or key is None:
            return None

        return Asked(base, key, self._part(module, call, method))

    def _part(self, module: Module, call: ast.Call, method: str) -> Path:
        if method in _GETS_ITEM and len(call.args) > 1:
            item = self._places.key(module, call.args[1])
            return (f"[{item}]" if item is not None else ANY,)

        return (EACH,) if method in _GETS_ONE else ()

    def _base(self, module: Module, call: ast.Call) -> str:
        """Return what tells a cache from others, ``""`` of what is none."""
        if not isinstance(call.func, ast.Attribute):
            return ""

        name = self._program.names.name_of(module, call.func.value) or ""

        if name in self._types:
            return name

        # Of others the name: what is never put into must be a dictionary.
        written = last(call.func.value)
        return (name or written) if _NAMED.match(written) else ""

    @functools.cached_property
    def _written(self) -> dict[tuple[str, str], list[Write]]:
        found: dict[tuple[str, str], list[Write]] = {}

        for module in self._program.project.modules:
            if module.test:
                continue

            for call in module.index.nodes(ast.Call):
                method = last(call.func)

                if method in _PUTS and call.args:
                    base = self._base(module, call)
                    key = self._places.key(module, call.args[0]) if base else None

                    if key is not None:
                        rows = found.setdefault((base, key), [])
                        rows += self._writes(module, call, method)

        return found

    def _writes(self, module: Module, call: ast.Call, method: str) -> Iterator[Write]:
        rest = call.args[1:]

        if method in _SETS_ITEMS:
            yield from self._items(module, call, rest)
        elif method in _SETS_EACH:
            for value in rest:
                yield Write(module, call, _list(value))
        else:
            place = 1 if method in _LATE else 0
            named = [k.value for k in call.keywords if k.arg in {"value", "val"}]

            for value in [*rest[place : place + 1], *named]:
                yield Write(module, call, value)

    def _items(
        self, module: Module, call: ast.Call, rest: list[ast.expr]
    ) -> Iterator[Write]:
        """Yield what is put into a mapping that has a key."""
        for value in [*(k.value for k in call.keywords if k.arg == "mapping")]:
            yield Write(module, call, value)

        if len(rest) == 1:
            yield Write(module, call, rest[0])
        elif len(rest) == 2:
            made = ast.Dict([rest[0]], [rest[1]])
            yield Write(module, call, ast.copy_location(made, call))


def _list(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.List([node], ast.Load()), node)
