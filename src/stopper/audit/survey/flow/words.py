"""What a call is called where it is made, so that a reader finds it on the line."""

from __future__ import annotations

import ast

#: Names of functions that say no more than what is written.
_MEANT = frozenset({"__init__", "__call__", "lambda"})


def called(node: ast.AST, name: str) -> str:
    """Return the words for a call that runs the function ``name``."""
    func = node.func if isinstance(node, ast.Call) else node
    written = _last(func)

    if written in {"", name}:
        return f"`{name}`"

    if name in _MEANT:
        return f"`{written}`"

    # What Python calls by itself is no other name for it.
    how = "by" if name.startswith("__") else "that is"
    return f"`{written}`, {how} `{name}`,"


def _last(node: ast.AST) -> str:
    """Return the last name that is written of a function or an object."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Call():
            return _last(node.func)
        case ast.Subscript() | ast.Starred() | ast.Await():
            return _last(node.value)
        case _:
            return ""
