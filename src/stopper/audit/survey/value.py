"""What the source alone can say of a value."""

from __future__ import annotations

import ast
import dataclasses
import typing as t

from .module import Module

#: The most characters that folding constants may build.
LIMIT = 10_000

#: The most pieces that a text put together is taken apart into, and items that a
#: container may have, those of its items included.
PIECES = 200
ITEMS = 2_000

#: Wider numbers cannot be written in decimal, and are nobody's setting.
BITS = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same whenever the app runs.

    :param node: The literal, where it is written.
    """

    value: t.Any
    module: Module
    node: ast.AST


@dataclasses.dataclass(frozen=True, slots=True)
class Environment:
    """A value from an environment variable.

    :param default: What it is when the variable is not set, ``None`` if unknown;
        a constant ``None`` where the call names no default.
    """

    variable: str
    default: Value | None
    module: Module
    node: ast.AST


@dataclasses.dataclass(frozen=True, slots=True)
class Built:
    """Text put together from parts, of which some are not constant.

    :param how: ``"f-string"``, ``"%"``, ``"+"``, ``"format"`` or ``"join"``.
    :param parts: Text for what is constant, the expression for what is not.
    """

    how: str
    parts: tuple[str | ast.expr, ...]
    module: Module
    node: ast.AST


Value = Constant | Environment | Built

Piece = Constant | Built | ast.expr


def constant(value: t.Any, module: Module, node: ast.AST) -> Constant | None:
    """Return a constant, ``None`` for a number too wide to be written."""
    if isinstance(value, int) and value.bit_length() > BITS:
        return None

    return Constant(value, module, node)


def textual(value: Value | None) -> bool:
    """Say whether a value is text, as far as it is known."""
    if isinstance(value, Constant):
        return isinstance(value.value, str)

    return isinstance(value, Built)


def small(value: t.Any, most: int = ITEMS) -> bool:
    """Say whether a container has few items, nested ones included."""
    stack = [value]
    seen = 0

    while stack:
        item = stack.pop()
        seen += 1

        if seen > most:
            return False

        if isinstance(item, dict):
            stack.extend(list(item.values())[: most + 1])
        elif isinstance(item, list):
            stack.extend(item[: most + 1])

    return True


def built(how: str, pieces: list[Piece], module: Module, node: ast.AST) -> Value | None:
    """Return the constant or the built text that ``pieces`` make."""
    parts: list[str | ast.expr] = []

    for piece in pieces:
        if isinstance(piece, Constant):
            parts.append(str(piece.value))
        elif not isinstance(piece, Built):
            parts.append(piece)
        elif len(parts) + len(piece.parts) <= PIECES:
            parts.extend(piece.parts)
        elif isinstance(piece.node, ast.expr):
            parts.append(piece.node)

    texts = [part for part in parts if isinstance(part, str)]

    if sum(map(len, texts)) > LIMIT:
        return None

    if len(texts) == len(parts):
        return Constant("".join(texts), module, node)

    return Built(how, tuple(parts), module, node)


def repeated(
    left: Constant, right: Constant, module: Module, node: ast.AST
) -> Constant | None:
    """Return the product of two constants where it is a small one."""
    one, two = left.value, right.value
    numbers = all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in (one, two)
    )

    if numbers and abs(one) < 1e18 and abs(two) < 1e18:
        return Constant(one * two, module, node)

    if isinstance(one, str | bytes) and isinstance(two, int):
        if 0 <= two * len(one) <= LIMIT:
            return Constant(one * two, module, node)

    return None


def joined(
    base: Constant, items: Constant, module: Module, node: ast.AST
) -> Constant | None:
    """Return the text that ``base.join(items)`` makes where it is a short one."""
    texts = items.value

    if not isinstance(texts, list | dict | str):
        return None

    if not all(isinstance(item, str) for item in texts):
        return None

    long = sum(map(len, texts)) + len(base.value) * len(texts) > LIMIT
    return None if long else Constant(base.value.join(texts), module, node)


def either(found: list[Value]) -> Value | None:
    """Return what a name is that is one of these, the likeliest first.

    It is constant where each of them is; else what speaks against it counts more.
    """
    for value in found:
        if isinstance(value, Built):
            return value

    for value in found:
        if isinstance(value, Environment):
            default = next((v for v in found if isinstance(v, Constant)), None)
            own = isinstance(value.default, Constant) and value.default.value is None
            return (
                dataclasses.replace(value, default=default)
                if own and default
                else value
            )

    return found[0] if found else None
