"""What calls change of the objects that they are made on: ``items.append(x)``."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from .frame import ANY
from .frame import Key
from .frame import Path

#: Methods that put their argument into their object.
PUTS = frozenset(
    {"append", "add", "insert", "appendleft", "push", "put", "put_nowait", "write"}
)

#: Methods that put what is in their argument into their object.
POURS = frozenset({"extend", "update", "writelines", "extendleft"})

#: Methods after which a number may stand for another item.
SHUFFLES = frozenset(
    {"insert", "pop", "popleft", "remove", "sort", "reverse", "appendleft", "rotate"}
)

#: All that change their object.
CHANGES = PUTS | POURS | SHUFFLES | {"clear", "setdefault", "__setitem__", "set"}


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """What one call does to an object.

    :param target: The object.
    :param keys: Which part of it is another one afterwards.
    :param value: What the part is then, ``None`` for nothing that a stranger gives.
    :param path: Which part of the value it is.
    :param last: Whether it is put behind all that was there.
    :param weak: Whether what was there may be there still.
    :param shuffles: Whether numbers may stand for other items afterwards.
    """

    target: ast.expr
    keys: Path = ()
    value: ast.expr | None = None
    path: Path = ()
    last: bool = False
    weak: bool = False
    shuffles: bool = False


def changes(node: ast.Call) -> Iterator[Change]:
    """Yield what a call does to its object, as its name says."""
    func, args = node.func, node.args

    if isinstance(func, ast.Name):
        if func.id == "setattr" and len(args) == 3:
            yield Change(args[0], (attribute(args[1]),), args[2])

        return

    if not isinstance(func, ast.Attribute) or func.attr not in CHANGES:
        return

    target, method = func.value, func.attr

    if method == "update":
        yield from _updated(node, target)
    elif method == "setdefault":
        if len(args) > 1:
            yield Change(target, (key(args[0]),), args[1], weak=True)
    elif method == "__setitem__":
        if len(args) == 2:
            yield Change(target, (key(args[0]),), args[1])
    elif method == "set":
        # ``parser.set("section", "option", value)``
        if len(args) == 3:
            yield Change(target, (key(args[0]), key(args[1])), args[2])
    elif method == "clear":
        if not args:
            yield Change(target)
    elif method in PUTS and args:
        shuffles = method in SHUFFLES
        value = args[-1]
        last = method == "append"
        yield Change(target, (ANY,), value, last=last, weak=True, shuffles=shuffles)
    elif method in POURS and args:
        yield Change(target, (ANY,), args[0], (ANY,), weak=True)
    elif method == "pop" and args and _named(args[0]):
        yield Change(target, (key(args[0]),))
    elif method in SHUFFLES:
        yield Change(target, weak=True, shuffles=True)


def _updated(node: ast.Call, target: ast.expr) -> Iterator[Change]:
    for argument in node.args[:1]:
        if isinstance(argument, ast.Dict) and None not in argument.keys:
            for name, value in zip(argument.keys, argument.values, strict=True):
                yield Change(target, (key(name),), value)
        else:
            # Whatever it has is in there now, by the same keys.
            yield Change(target, (), argument, weak=True)

    for keyword in node.keywords:
        if keyword.arg is None:
            yield Change(target, (), keyword.value, weak=True)
        else:
            yield Change(target, (f"[{keyword.arg}]",), keyword.value)


def _named(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def attribute(node: ast.expr) -> Key:
    """Return which attribute an expression names: ``setattr(x, "name", ...)``."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return f".{node.value}"

    return ANY


def key_of(node: ast.Attribute | ast.Subscript) -> Key:
    """Return which part of a value an attribute or an item is."""
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"

    return key(node.slice)


def key(node: ast.expr | None) -> Key:
    """Return which item a subscript names."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int):
        return f"[{node.value}]"

    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        operand = node.operand

        if isinstance(operand, ast.Constant) and isinstance(operand.value, int):
            return f"[{-operand.value}]"

    return ANY


def number(part: Key) -> int | None:
    """Return the number of an item, ``None`` if its key is none."""
    text = part[1:-1]
    digits = text[1:] if text.startswith("-") else text
    return int(text) if part.startswith("[") and digits.isdecimal() else None


def root(node: ast.expr) -> str | None:
    """Return the name that an object's parts are reached by: ``a`` of ``a.b[c]``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value

    return node.id if isinstance(node, ast.Name) else None
