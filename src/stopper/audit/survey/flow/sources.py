"""What brings a request's values besides ``flask.request``, and which types it enforces."""

from __future__ import annotations

import ast
import fnmatch
import functools
import itertools
import re
from collections.abc import Iterator

from ..index import Function
from ..index import FUNCTIONS
from ..index import parent_of
from ..models import Source
from ..module import Module
from ..nodes import walk
from ..parameters import argument_of
from ..project import Project
from .frame import ANY
from .frame import Path

#: What everybody calls the object whose handlers get what a browser sends.
_SOCKETS = re.compile(r"(?:^|[._])(?:socket_?io|sio)$", re.I)

#: What a framework hands to a function besides values.
_OWN = frozenset({"self", "cls", "info", "_", "root", "parent", "obj"})

#: What gives what is typed at a command line. Nothing more is found by them: it is told
#: with what is found anyway.
TYPED = frozenset(
    {
        "sys.argv",
        "builtins.input",
        "argparse.ArgumentParser.parse_args",
        "argparse.ArgumentParser.parse_known_args",
    }
)


class Sources:
    """Knows the parsers, forms, schemas and handlers that the models name."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = project.names
        self._rows = project.models.sources
        self._strict = project.models.named("strict-type")
        self._schemas = project.models.named("schema")

    # -- what is called

    def given(self, module: Module, call: ast.Call, path: Path) -> str | None:
        """Return the name of a source whose call gives a value, ``None`` if it is none.

        :param path: The part that is asked for of what the call gives.
        """
        name = self._names.name_of(module, call.func) or ""
        row = self._rows.get(name)

        if row is None or row.gives != "value" or path[: len(row.part)] != row.part:
            return None

        return None if self._declared(module, call, row, path) else name

    def member(self, module: Module, call: ast.Call, path: Path) -> str | None:
        """Return the name of a source that gives the name of an archive's member.

        :param path: The part that is asked for of what the call gives.
        """
        name = self._names.name_of(module, call.func) or ""
        row = self._rows.get(name)

        if row is None or row.gives != "member":
            return None

        # Of the members each has its name.
        if row.part and not is_key(row.part[0]):
            while path and is_key(path[0]):
                path = path[1:]

        return name if path[: len(row.part)] == row.part else None

    def has_members(self, module: Module, node: ast.expr) -> bool:
        """Say whether an expression is an archive, or a list of its members."""
        name = (self._names.name_of(module, node) or "").removesuffix("()")
        return name in self._archives

    @functools.cached_property
    def _archives(self) -> frozenset[str]:
        found = {row.name for row in self._rows.values() if row.gives == "member"}
        gives = self._project.models.gives
        return frozenset(found | {gives[name] for name in found if name in gives})

    def named(self, name: str) -> bool:
        """Say whether a name is that of what a source, or a schema, gives."""
        made = name.removesuffix("()")
        return made in self._rows or made.rpartition(".")[0] in self._schemas

    def _declared(
        self, module: Module, call: ast.Call, row: Source, path: Path
    ) -> bool:
        """Say whether the asked item was declared with a type that does no harm."""
        key = _word(path[0]) if path and row.declared else ""

        if not key or not isinstance(call.func, ast.Attribute):
            return False

        said = self._items.get((row.declared, key), ())
        # Two parsers of one module may have an item of the same name.
        parser = ast.unparse(call.func.value)
        mine = [s for s in said if s[0] is module and s[1] == parser] or said
        return bool(mine) and all(strict for _, _, strict in mine)

    @functools.cached_property
    def _items(self) -> dict[tuple[str, str], list[tuple[Module, str, bool]]]:
        """What declares items: the module, the parser as written, whether it is strict."""
        methods = {row.declared for row in self._rows.values() if row.declared}
        found: dict[tuple[str, str], list[tuple[Module, str, bool]]] = {}

        for module in self._project.modules:
            for call in module.index.nodes(ast.Call):
                func = call.func

                if isinstance(func, ast.Attribute) and func.attr in methods:
                    first = call.args[0] if call.args else None
                    key = first.value if isinstance(first, ast.Constant) else None

                    if isinstance(key, str):
                        row = module, ast.unparse(func.value), self.typed(module, call)
                        found.setdefault((func.attr, key), []).append(row)

        return found

    def typed(self, module: Module, call: ast.Call) -> bool:
        """Say whether a call's ``type=`` or ``choices=`` leaves nothing that does harm."""
        for k in call.keywords:
            if k.arg == "type" and self.strict(module, k.value):
                return True

            if k.arg == "choices" and not isinstance(k.value, ast.Constant):
                return True

        return False

    def strict(self, module: Module, node: ast.expr) -> bool:
        """Say whether a type, or what makes a field, takes only what does no harm."""
        if isinstance(node, ast.Subscript):
            # ``Optional[int]``; a ``Literal`` is a list of texts of the app's own.
            name = self._names.name_of(module, node.value) or ""
            literal = name.rpartition(".")[2] == "Literal"
            return literal or self.strict(module, node.slice)

        if isinstance(node, ast.BinOp):
            sides = [s for s in (node.left, node.right) if not _none(s)]
            return all(self.strict(module, side) for side in sides)

        func = node.func if isinstance(node, ast.Call) else node
        name = self._names.name_of(module, func) or ""
        known = self._names.definition(name)

        if known is not None and isinstance(known[1], ast.ClassDef):
            return not self._strict.isdisjoint(self._names.bases(known[0], known[1]))

        return name in self._strict

    # -- what is called with it

    def parameter(
        self, module: Module, node: Function, name: str, path: Path
    ) -> bool | None:
        """Say whether a framework calls a function with a value of the request.

        :return: ``None`` if none does; ``False`` if it lets nothing through that does
            harm.
        """
        argument = argument_of(node, name)

        if name in _OWN or not isinstance(argument, ast.arg):
            return None

        decorator = self._handed(module, node)
        called = decorator is not None or node in self._registered

        if not called and not self._is_resolver(module, node):
            return None

        # What the URL holds is known by its converter.
        if decorator is not None and any(
            f"<{name}>" in text or f":{name}>" in text for text in _texts(node)
        ):
            return None

        if decorator is not None and self._fields(module, decorator, name, path):
            return False

        note = argument.annotation
        return note is None or not (
            self.strict(module, note) or self._field(module, note, path)
        )

    def _handed(self, module: Module, node: Function) -> ast.expr | None:
        for decorator in node.decorator_list:
            func = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = self._names.name_of(module, func)
            row = self._rows.get(name or self._guessed(module, func))

            if row is not None and row.gives == "arguments":
                return decorator

        return None

    @functools.cached_property
    def _registered(self) -> frozenset[ast.AST]:
        """The functions that are handed to what calls them: ``serve(handler)``."""
        found: set[ast.AST] = set()
        rows = self._rows.values()

        for call in self._project.calls(
            *(row.name for row in rows if row.gives == "arguments")
        ):
            for argument in call.args:
                known = self._names.definition(call.at(argument).name)

                if known is not None and isinstance(known[1], FUNCTIONS):
                    found.add(known[1])

        return frozenset(found)

    def _guessed(self, module: Module, func: ast.expr) -> str:
        """Return which source a decorator of unknown type is, by what it is called."""
        if isinstance(func, ast.Attribute) and _SOCKETS.search(
            module.source(func.value)
        ):
            return f"flask_socketio.SocketIO.{func.attr}"

        return ""

    def _is_resolver(self, module: Module, node: Function) -> bool:
        holder = parent_of(node)

        if not isinstance(holder, ast.ClassDef):
            return False

        rows = map(self._rows.get, self._names.bases(module, holder))
        return any(
            row is not None
            and row.gives == "methods"
            and any(fnmatch.fnmatchcase(node.name, m) for m in row.methods)
            for row in rows
        )

    def _fields(
        self, module: Module, decorator: ast.expr, name: str, path: Path
    ) -> bool:
        """Say whether a decorator's own argument declares a field as strict."""
        first = (
            decorator.args[0]
            if isinstance(decorator, ast.Call) and decorator.args
            else None
        )

        if isinstance(first, ast.Dict):
            wanted = {name, _word(path[0]) if path else name}
            return any(
                isinstance(k, ast.Constant)
                and k.value in wanted
                and self.strict(module, v)
                for k, v in zip(first.keys, first.values, strict=True)
            )

        return first is not None and self._field(module, first, path)

    # -- what is made of it

    def schema(
        self, module: Module, node: ast.expr
    ) -> tuple[Module, ast.ClassDef] | None:
        """Return the project's class that says of which types its fields are."""
        node = node.func if isinstance(node, ast.Call) else node
        known = self._names.definition(self._names.name_of(module, node))

        if known is None or not isinstance(known[1], ast.ClassDef):
            return None

        bases = self._names.bases(known[0], known[1])
        return None if self._schemas.isdisjoint(bases) else (known[0], known[1])

    def _field(self, module: Module, node: ast.expr, path: Path) -> bool:
        """Say whether a schema's field takes only what does no harm."""
        found = self.schema(module, node)
        return found is not None and bool(path) and self.held(*found, path[0])

    def takes_others(self, module: Module, node: ast.ClassDef, used: Module) -> bool:
        """Say whether a schema passes on fields that it does not name.

        :param used: Where it is used: it may be told so there.
        """
        told = [owner for _, owner in self._names.lineage(module, node)]
        return any("INCLUDE" in line for line in used.lines) or any(
            getattr(p, "id", getattr(p, "attr", getattr(p, "value", ""))) in _OPEN
            for p in itertools.chain(*map(walk, told))
            if isinstance(p, ast.Name | ast.Attribute | ast.Constant)
        )

    def held(self, module: Module, node: ast.ClassDef, key: str) -> bool:
        """Say whether a class's field of this name takes only what does no harm."""
        wanted = _word(key)

        for home, owner in self._names.lineage(module, node):
            for item in owner.body:
                if isinstance(item, ast.AnnAssign) and _is(item.target, wanted):
                    return self.strict(home, item.annotation)

                if isinstance(item, ast.Assign) and _is(item.targets[0], wanted):
                    return self.strict(home, item.value)

        return False


#: Says of a schema that it keeps what it does not name: ``INCLUDE``, ``extra="allow"``.
_OPEN = ("INCLUDE", "include", "allow")


def is_key(part: str) -> bool:
    """Say whether a part of a value is an item."""
    return part.startswith("[") or part == ANY


def keyed(path: Path) -> Path:
    """Return the item that an attribute was made of: ``.x`` of ``[x]``."""
    return (f"[{_word(path[0])}]", *path[1:]) if path else ()


def _word(key: str) -> str:
    return "" if key == ANY else key.strip(".[]'\"")


def _none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _texts(node: Function) -> Iterator[str]:
    for decorator in node.decorator_list:
        for part in walk(decorator):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
