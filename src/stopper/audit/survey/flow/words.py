"""What the steps of a flow are called, so that a reader finds it on their lines."""

from __future__ import annotations

import ast
import dataclasses

from ..module import Module
from ..pages.page import Page
from .flow import Hop

#: Names of functions that say no more than what is written.
_MEANT = frozenset({"__init__", "__call__", "lambda"})


def called(node: ast.AST, name: str) -> str:
    """Return the words for a call that runs the function ``name``."""
    func = node.func if isinstance(node, ast.Call) else node
    written = _last(func)

    # What an import of a template is called is a name of our own.
    if written in {"", name} or written.startswith("$"):
        return f"`{name}`"

    if name in _MEANT:
        return f"`{written}`"

    # What Python calls by itself is no other name for it.
    how = "by" if name.startswith("__") else "that is"
    return f"`{written}`, {how} `{name}`,"


def ran(module: Module, node: ast.AST, name: str, what: str) -> Hop:
    """Return the step of a call that runs the function ``name``.

    :param what: What becomes of it: ``"gives it back."``. Of a template's filter, which
        is called by another name, nothing is marked as if it stood there.
    """
    words = called(node, name)
    hop = Hop(module, node, f"{words} {what}")

    if not isinstance(module, Page) or _seen(hop, words.split("`")[1]):
        return hop

    return dataclasses.replace(hop, words=hop.words.replace("`", ""))


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


def made_by(module: Module, node: ast.AST, name: str) -> Hop:
    """Return the step by which a call of a library makes a value.

    :param name: The library's name for what is called, ``"random.choice"``.
    """
    hop = Hop(module, node, f"`{name}` makes it.")
    words = f"{called(node, name)} makes it."
    return hop if _seen(hop, name) else dataclasses.replace(hop, words=words)


def stored(module: Module, node: ast.AST, name: str, where: str, store: str) -> Hop:
    """Return the step by which a column gets a value.

    :param where: The column with its table, ``"User.bio"``.
    :param store: What it is a column of: ``"row"``, ``"table"``.
    """
    hop = Hop(module, node, f"It is stored in a {store}, as {where}.", True)
    words = f"`{name}` is stored in the {store}, as `{where}`."
    return dataclasses.replace(hop, words=words) if _seen(hop, name) else hop


def kept_as(module: Module, node: ast.AST) -> Hop:
    """Return the step by which a value is put where it is asked for elsewhere."""
    hop = Hop(module, node, "", kept=True)
    written = module.written(node, hop.place.line)
    return dataclasses.replace(hop, words=f"It is kept as `{written}`.")


def back(module: Module, node: ast.AST, name: str, where: str) -> Hop:
    """Return the step by which a column is read."""
    hop = Hop(module, node, f"It comes back from the database, as {where}.")
    words = f"`{name}` comes back from the database, as `{where}`."
    return dataclasses.replace(hop, words=words) if _seen(hop, name) else hop


def handed(module: Module, call: ast.Call, value: ast.AST, page: str, name: str) -> Hop:
    """Return the step by which a template is given a value.

    :param page: The template's name.
    :param name: What the template calls the value.
    """
    to_page = Hop(module, call, f"`{page}` is given it as `{name}`.")

    if _seen(to_page, page):
        return to_page

    node = next((k for k in call.keywords if k.value is value), value)
    as_name = Hop(module, node, f"`{name}` is given to the template {page}.")
    words = f"The template {page} is given it, as {name}."
    return (
        as_name if _seen(as_name, name) else dataclasses.replace(as_name, words=words)
    )


def given(module: Module, node: ast.AST, name: str) -> Hop:
    """Return the step by which an attribute is given, by name or by place."""
    hop = Hop(module, node, f"It is given as `{name}`.")
    return hop if _seen(hop, name) else dataclasses.replace(hop, words="It is given.")


def _seen(hop: Hop, name: str) -> bool:
    """Say whether a name stands on the line of a step."""
    lines = hop.module.lines
    line = hop.place.line
    return 0 < line <= len(lines) and name in lines[line - 1]
