"""What the names around a value say of it: the developer's own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .index import FUNCTIONS
from .index import parent_of
from .nodes import walk


def ends(node: ast.AST) -> Iterator[str]:
    """Yield the words by which an expression is called, the most telling first.

    The last word of ``a.b.token``, the key of ``x["token"]`` and of
    ``x.get("token")``, and the same of what a method such as ``strip`` is called on.
    """
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        # ``form.password.data`` is the password.
        if node.attr in {"data", "value"}:
            yield from ends(node.value)
        else:
            yield node.attr
    elif isinstance(node, ast.Subscript):
        yield from _key(node.slice)
        yield from ends(node.value) if not _text(node.slice) else ()
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.BoolOp):
        yield from ends(node.values[0])
    elif isinstance(node, ast.Await):
        yield from ends(node.value)


def _called(node: ast.Call) -> Iterator[str]:
    func = node.func

    if isinstance(func, ast.Attribute) and func.attr in {
        "get",
        "getlist",
        "pop",
        "get_secret_value",
    }:
        for argument in node.args[:1]:
            yield from _key(argument)
    elif isinstance(func, ast.Attribute) and func.attr in {
        "strip",
        "lower",
        "upper",
        "encode",
        "decode",
        "replace",
        "hexdigest",
        "digest",
    }:
        yield from ends(func.value)
        yield from (func.attr,) if "digest" in func.attr else ()
    elif isinstance(func, ast.Name) and func.id in {"str", "bytes"}:
        for argument in node.args[:1]:
            yield from ends(argument)
    else:
        yield from ends(func)


def _key(node: ast.AST) -> Iterator[str]:
    """Yield what a key says; a path of keys, ``["api", "key"]``, says it in one."""
    if _text(node):
        yield str(getattr(node, "value", ""))
    elif isinstance(node, ast.List | ast.Tuple) and all(map(_text, node.elts)):
        yield "_".join(str(getattr(e, "value", "")) for e in node.elts)


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def receivers(node: ast.AST) -> Iterator[str]:
    """Yield the names of what an expression ends in, the nearest first.

    What it is assigned to, the keyword or the key that it is given for, the function
    that returns it.
    """
    for above, below in _around(node):
        yield from _receives(above, below)


def becomes(node: ast.AST) -> Iterator[str]:
    """Yield the names of what an expression becomes, the nearest first.

    The same as its receivers, but for the function that does not give it back.
    """
    given_back = False

    for above, below in _around(node):
        given_back = given_back or isinstance(above, ast.Return | ast.Yield)

        if given_back or not isinstance(above, FUNCTIONS):
            yield from _receives(above, below)


def _around(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield what holds an expression, with what of it does, the nearest first."""
    below, above = node, parent_of(node)

    while above is not None:
        yield above, below

        if isinstance(above, (*FUNCTIONS, ast.ClassDef)):
            return

        # What stands in a condition decides something, it does not become something.
        if isinstance(above, ast.If | ast.While) and below is above.test:
            return

        below, above = above, parent_of(above)


def _receives(above: ast.AST, below: ast.AST) -> Iterator[str]:
    if isinstance(above, ast.Assign):
        for target in above.targets:
            yield from ends(target)
    elif isinstance(above, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        yield from ends(above.target)
    elif isinstance(above, ast.keyword) and above.arg:
        yield above.arg
    elif isinstance(above, ast.Dict) and below in above.values:
        key = above.keys[above.values.index(below)]
        yield from _key(key) if key is not None else ()
    elif isinstance(above, ast.Call) and below in above.args:
        if isinstance(above.func, ast.Attribute) and "set" in above.func.attr:
            yield above.func.attr
    elif isinstance(above, FUNCTIONS):
        yield above.name


def mentions(node: ast.AST) -> Iterator[str]:
    """Yield every name, attribute and key in an expression."""
    for inner in walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr
        elif isinstance(inner, ast.Subscript):
            yield from _key(inner.slice)
        elif isinstance(inner, ast.Call):
            yield from (k.arg for k in inner.keywords if k.arg)
            yield from (w for a in inner.args[:1] for w in _key(a))
