"""Tells what is left of a path that leads into no other folder."""

from __future__ import annotations

import ast

from ...module import Module
from ...names import Names
from ..frame import Path

#: Functions that cut a path before its last part, or before its suffix.
_CUTS = frozenset(
    f"{home}.{name}"
    for home in ("os.path", "posixpath", "ntpath")
    for name in ("split", "splitext")
)

_SPLITS = frozenset({"split", "rsplit", "partition", "rpartition"})

#: Which parts of what was split are no more than the last one.
_SECOND = frozenset({"[1]", "[-1]"})
_LAST: dict[str, frozenset[str]] = {
    "split": frozenset({"[-1]"}),
    "rsplit": frozenset({"[-1]"}),
    "rpartition": frozenset({"[2]", "[-1]"}),
}

_SLASHES = frozenset({"os.sep", "os.path.sep", "os.path.os.sep"})


class Narrow:
    """Knows names of files: what stands behind the last slash, or the last dot."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def part(self, module: Module, node: ast.expr, path: Path) -> bool:
        """Say whether a part of what a call gives is the name of a file, or its suffix.

        :param path: Which part is asked for: that of ``split("/")[-1]``.
        """
        if not isinstance(node, ast.Call) or not path:
            return False

        if (self._names.name_of(module, node.func) or "") in _CUTS:
            return path[0] in _SECOND

        func = node.func

        if not isinstance(func, ast.Attribute) or func.attr not in _SPLITS:
            return False

        first = node.args[0] if node.args else None

        if isinstance(first, ast.Constant) and first.value == ".":
            return path[0] in _SECOND | {"[2]"}

        # Of ``rsplit("/", 1)`` the second is the last.
        once = func.attr == "rsplit" and _is_one(node) and path[0] == "[1]"
        last = path[0] in _LAST.get(func.attr, ())
        # ``split("/", 1)`` leaves slashes in the last one.
        whole = func.attr != "split" or len(node.args) + len(node.keywords) == 1
        return (once or (last and whole)) and self._is_slash(module, first)

    def replaced(self, module: Module, node: ast.Call) -> bool:
        """Say whether a call puts something else for every slash."""
        if len(node.args) != 2 or not self._is_slash(module, node.args[0]):
            return False

        put = node.args[1]
        text = put.value if isinstance(put, ast.Constant) else None
        return isinstance(text, str) and not {"/", "\\"} & set(text)

    def _is_slash(self, module: Module, node: ast.expr | None) -> bool:
        if isinstance(node, ast.Constant):
            return node.value == "/"

        return node is not None and self._names.name_of(module, node) in _SLASHES


def _is_one(node: ast.Call) -> bool:
    given = [*node.args[1:2], *(k.value for k in node.keywords)]
    return any(isinstance(g, ast.Constant) and g.value == 1 for g in given)
