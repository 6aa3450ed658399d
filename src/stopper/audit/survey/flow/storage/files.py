"""What the project writes to files, by their path."""

from __future__ import annotations

import ast
import functools
import typing as t
from collections.abc import Iterator

from ...index import parent_of
from ...module import Module
from ...nodes import walk
from ..frame import body_of
from ..whole.callers import Callers
from .columns import last
from .places import Places
from .written import Write

#: Functions that open a file.
OPENS = frozenset({"builtins.open", "io.open", "codecs.open", "gzip.open", "os.fdopen"})

#: Methods of a path that write all of its file, and that read it.
_WHOLE = frozenset({"write_text", "write_bytes"})
READS = frozenset({"read_text", "read_bytes"})

#: Functions that write a value to a file as text, by their last name.
_DUMPS = frozenset({"dump", "dump_all", "safe_dump", "copyfileobj"})

#: Makers of what writes rows into a file that it is given.
_WRITERS = frozenset({"writer", "DictWriter"})

#: Methods by which something is written.
_WRITES = frozenset({"write", "writelines", "writerow", "writerows"})


class Files:
    """Finds what the project writes to a file."""

    def __init__(self, program: Callers, places: Places) -> None:
        self._program = program
        self._places = places

    def of(self, place: str) -> list[Write]:
        """Return all that is written to a file of which this is the path."""
        return self._written.get(place, [])

    @property
    def any(self) -> bool:
        """Whether anything is written to a file of which the path is known."""
        return bool(self._written)

    def opened(self, module: Module, call: ast.Call) -> ast.expr | None:
        """Return the path of a file that a call opens, ``None`` if it opens none."""
        func = call.func

        if isinstance(func, ast.Attribute) and func.attr == "open":
            if self._is_path(module, func.value):
                return func.value

        if last(func) not in {"open", "fdopen"}:
            return None

        name = self._program.names.name_of(module, func) or ""
        return call.args[0] if name in OPENS and call.args else None

    def read(self, module: Module, call: ast.Call) -> ast.expr | None:
        """Return the path of a file of which a call gives what is in it."""
        func = call.func

        if isinstance(func, ast.Attribute) and func.attr in READS:
            return func.value

        return self.opened(module, call)

    def _is_path(self, module: Module, node: ast.expr) -> bool:
        name = self._program.names.name_of(module, node) or ""
        return name.startswith("pathlib.") or isinstance(node, ast.BinOp)

    @functools.cached_property
    def _written(self) -> dict[str, list[Write]]:
        found: dict[str, list[Write]] = {}

        for module in self._program.project.modules:
            if module.test:
                continue

            for call in module.index.nodes(ast.Call):
                for path, write in self._writes(module, call):
                    place = self._places.of(module, path)

                    if place:
                        found.setdefault(place, []).append(write)

        return found

    def _writes(
        self, module: Module, call: ast.Call
    ) -> Iterator[tuple[ast.expr, Write]]:
        """Yield what a call writes, and what a file that it opens is written."""
        func = call.func
        method = func.attr if isinstance(func, ast.Attribute) else ""

        if method in _WHOLE and call.args and isinstance(func, ast.Attribute):
            yield func.value, Write(module, call, call.args[0], whole=True)
        elif method == "save" and call.args and isinstance(func, ast.Attribute):
            # An upload, or a picture.
            yield call.args[0], Write(module, call, func.value, whole=True)

        path = self.opened(module, call)

        if path is not None and _for_writing(call):
            for write in _used(module, call):
                yield path, write


def _for_writing(call: ast.Call) -> bool:
    method = isinstance(call.func, ast.Attribute) and last(call.func.value) not in {
        *("io", "codecs", "gzip", "os")
    }
    given = call.args[0 if method else 1 :][:1]
    given += [k.value for k in call.keywords if k.arg == "mode"]
    modes = [m.value for m in given if isinstance(m, ast.Constant)]
    return any(isinstance(m, str) and set(m) & set("wax+") for m in modes)


def _used(module: Module, node: ast.expr) -> Iterator[Write]:
    """Yield what is written to an open file where it stands, or by its name."""
    above = parent_of(node)

    if isinstance(above, ast.Attribute | ast.Call):
        yield from _by(module, node)
        return

    name: ast.expr | None = None
    body: ast.AST | None = None

    if isinstance(above, ast.withitem):
        name, body = above.optional_vars, parent_of(above)
    elif isinstance(above, ast.Assign):
        name, body = above.targets[0], body_of(above)

    if isinstance(name, ast.Name) and body is not None:
        yield from _named(module, name.id, body)


def _named(module: Module, name: str, body: ast.AST) -> Iterator[Write]:
    for node in walk(body):
        if isinstance(node, ast.Name) and node.id == name:
            if isinstance(node.ctx, ast.Load):
                yield from _by(module, node)


def _by(module: Module, node: ast.expr) -> Iterator[Write]:
    """Yield what is written to an open file where it is named."""
    above = parent_of(node)
    call = parent_of(above) if isinstance(above, ast.Attribute) else above

    # ``print(x, file=f)``
    if isinstance(above, ast.keyword):
        call = parent_of(above)

        if isinstance(call, ast.Call) and last(call.func) == "print":
            for value in call.args:
                yield Write(module, call, value, whole=True)

        return

    if not isinstance(call, ast.Call):
        return

    name = last(call.func)

    if isinstance(above, ast.Attribute):
        if name in _WRITES and call.func is above and call.args:
            yield Write(module, call, call.args[0], whole=True)
    elif name in _DUMPS and call.args[1:] and call.args[0] is not node:
        yield Write(module, call, call.args[0])
    elif name in _WRITERS and isinstance(parent_of(call), ast.Assign):
        made = t.cast(ast.Assign, parent_of(call)).targets[0]
        body = body_of(call)

        if isinstance(made, ast.Name) and body is not None:
            yield from _named(module, made.id, body)
