"""Says whether two expressions name the same place: a file, a key of a cache."""

from __future__ import annotations

import ast
import posixpath

from ...module import Module
from ...pieces import text_pieces
from ...scope import Binds
from ...value import Constant
from ...value import Environment
from ..frame import How
from ..heap import owner_of
from ..whole.callers import Callers

#: How many expressions are gone through to say what a place is.
DEPTH = 8

#: Functions of one path that give another one.
_OF_PATH = frozenset(
    f"os.path.{name}"
    for name in ("abspath", "dirname", "expanduser", "normpath", "realpath")
)
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "builtins.str", "os.fspath"})


class Places:
    """Gives places a text that is the same for the same one."""

    def __init__(self, program: Callers) -> None:
        self._program = program
        self._names = program.names
        self._values = program.project.values

    def of(self, module: Module, node: ast.expr, depth: int = 0) -> str | None:
        """Return what tells a place from others, ``None`` if it cannot be said."""
        if depth > DEPTH:
            return None

        value = self._values.value(module, node)

        if isinstance(value, Constant):
            is_text = isinstance(value.value, str)
            return posixpath.normpath(value.value) if is_text else None

        if isinstance(value, Environment) and value.variable:
            return f"${value.variable}"

        match node:
            case ast.Name():
                return self._name(module, node, depth)
            case ast.Attribute():
                return self._attribute(module, node, depth)
            case ast.Subscript(slice=ast.Constant(value=str() as key)):
                # ``app.config["FOLDER"]``
                base = self._names.name_of(module, node.value) or ""
                return f"config[{key}]" if base.endswith(".config") else None
            case ast.BinOp(op=ast.Div()):
                return self._joined(module, [node.left, node.right], depth)
            case ast.Call():
                return self._call(module, node, depth)

        return self._text(module, node, depth)

    def key(self, module: Module, node: ast.expr) -> str | None:
        """Return what tells the key of a cache: of a text with holes, its shape."""
        value = self._values.value(module, node)

        if isinstance(value, Constant):
            return str(value.value)

        pieces = text_pieces(node) or ()
        known = any(isinstance(p, str) and len(p) > 1 for p in pieces)
        shape = "".join(p if isinstance(p, str) else "{}" for p in pieces)
        return shape if known else None

    def _name(self, module: Module, node: ast.Name, depth: int) -> str | None:
        if node.id == "__file__":
            return module.path

        used = self._program.around(module, node).uses.get(node)

        if used is not None and used.how is How.VALUE and not used.path:
            return self.of(module, used.value, depth + 1) if used.value else None

        found = self._names.reaching(module, node)

        if len(found) != 1:
            return None

        home, binding = found[0]

        if binding.how is not Binds.ASSIGNMENT or binding.node is None:
            return None

        inner = binding.node if isinstance(binding.node, ast.expr) else None
        known = self.of(home, inner, depth + 1) if inner is not None else None
        return known or f"{home.name}.{node.id}"

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> str | None:
        member = self._program.member(module, node)

        if member is not None and isinstance(member[1].node, ast.expr):
            known = self.of(member[0], member[1].node, depth + 1)
            return known or f"{member[0].name}.{node.attr}"

        # ``self.path``, set once in the class.
        for home, holder in self._program.types.of(module, node.value):
            stores = self._program.heap.named(f".{node.attr}")
            classes = {n for _, n in self._names.lineage(home, holder)}
            mine = [s for s in stores if owner_of(s.base) in classes]

            if len(mine) == 1:
                return self.of(mine[0].module, mine[0].value, depth + 1)

        if node.attr in {"root_path", "instance_path", "static_folder"}:
            return f"app.{node.attr}"

        return self.of(module, node.value, depth + 1) if node.attr == "name" else None

    def _call(self, module: Module, node: ast.Call, depth: int) -> str | None:
        name = self._names.name_of(module, node.func) or ""

        if name == "os.path.join" or (name in _PATHS and len(node.args) > 1):
            return self._joined(module, node.args, depth)

        if name in _OF_PATH and node.args:
            inner = self.of(module, node.args[0], depth + 1)
            return f"{name.rpartition('.')[2]}({inner})" if inner else None

        if name in _PATHS and node.args:
            return self.of(module, node.args[0], depth + 1)

        if name in {"os.getcwd", "tempfile.gettempdir"}:
            return name

        return self._text(module, node, depth)

    def _joined(self, module: Module, nodes: list[ast.expr], depth: int) -> str | None:
        parts = [self.of(module, n, depth + 1) for n in nodes]
        known = [p for p in parts if p is not None]
        return posixpath.normpath("/".join(known)) if len(known) == len(parts) else None

    def _text(self, module: Module, node: ast.expr, depth: int) -> str | None:
        """Return a text of which each part is known."""
        pieces = text_pieces(node)
        found = ""

        for piece in pieces or ():
            if isinstance(piece, str):
                found += piece
                continue

            part = None if piece is node else self.of(module, piece, depth + 1)

            if part is None:
                return None

            found += part

        return found if pieces else None
