"""What value an expression has, as far as the source alone says."""

from __future__ import annotations

import ast
import dataclasses
import typing as t

from .module import Module
from .names import DEPTH
from .names import Names
from .scope import Binds

#: The most characters that folding constants may build.
LIMIT = 100_000


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

_GETENV = {"os.getenv", "os.environ.get", "environ.get"}


class Values:
    """Finds the value of expressions, through names, modules and classes."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def value(
        self, module: Module, node: ast.AST | None, depth: int = 0
    ) -> Value | None:
        """Return the value of ``node``, ``None`` where the source alone cannot say."""
        if node is None or depth > DEPTH:
            return None

        if isinstance(node, ast.Constant):
            return Constant(node.value, module, node)

        if isinstance(node, ast.Name):
            return self._name(module, node, depth)

        if isinstance(node, ast.Attribute):
            return self._attribute(module, node, depth)

        if isinstance(node, ast.JoinedStr):
            parts = [self._piece(module, v, depth) for v in node.values]
            return _built("f-string", parts, module, node)

        if isinstance(node, ast.BinOp):
            return self._operation(module, node, depth)

        if isinstance(node, ast.Call):
            return self._call(module, node, depth)

        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self._either(module, node, depth)

        if isinstance(node, ast.Subscript):
            return self._item(module, node, depth)

        if isinstance(node, ast.UnaryOp):
            return self._unary(module, node, depth)

        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            return self._container(module, node, depth)

        return None

    def constant(self, module: Module, node: ast.AST | None) -> Constant | None:
        """Return the constant that ``node`` is, ``None`` if it is none."""
        value = self.value(module, node)
        return value if isinstance(value, Constant) else None

    def _name(self, module: Module, node: ast.Name, depth: int) -> Value | None:
        found = self._names.bound(module, node)

        if found is None:
            return None

        home, binding = found

        if binding.how is not Binds.ASSIGNMENT:
            return None

        return self.value(home, binding.node, depth + 1)

    def _attribute(
        self, module: Module, node: ast.Attribute, depth: int
    ) -> Value | None:
        """Return the value of ``module.NAME`` or ``Class.NAME`` of the project."""
        base = self._names.name_of(module, node.value)

        if base is None:
            return None

        found = self._names.exported(f"{base}.{node.attr}")

        if found is None:
            known = self._names.definition(base)

            if known is None or not isinstance(known[1], ast.ClassDef):
                return None

            found = self._names.member(known[0], known[1], node.attr)

        if found is None or found[1].how is not Binds.ASSIGNMENT:
            return None

        return self.value(found[0], found[1].node, depth + 1)

    def _piece(self, module: Module, node: ast.expr, depth: int) -> Value | ast.expr:
        if isinstance(node, ast.FormattedValue):
            inner = self.value(module, node.value, depth + 1)
            return inner if isinstance(inner, Constant | Built) else node.value

        inner = self.value(module, node, depth + 1)
        return inner if isinstance(inner, Constant | Built) else node

    def _operation(self, module: Module, node: ast.BinOp, depth: int) -> Value | None:
        left = self.value(module, node.left, depth + 1)

        if isinstance(node.op, ast.Add):
            right = self.value(module, node.right, depth + 1)

            if not any(map(_textual, (left, right))):
                return None

            pieces = (
                left if isinstance(left, Constant | Built) else node.left,
                right if isinstance(right, Constant | Built) else node.right,
            )
            return _built("+", list(pieces), module, node)

        if isinstance(node.op, ast.Mod) and _textual(left):
            values = (
                node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            )
            pieces_ = [left, *(self._piece(module, v, depth) for v in values)]
            return _built("%", t.cast("list[Value | ast.expr]", pieces_), module, node)

        if isinstance(node.op, ast.Mult):
            return self._repeated(module, node, left, depth)

        return None

    def _repeated(
        self, module: Module, node: ast.BinOp, left: Value | None, depth: int
    ) -> Value | None:
        right = self.value(module, node.right, depth + 1)

        if not isinstance(left, Constant) or not isinstance(right, Constant):
            return None

        numbers = all(
            isinstance(v.value, int | float) and not isinstance(v.value, bool)
            for v in (left, right)
        )

        if numbers and abs(left.value) < 1e18 and abs(right.value) < 1e18:
            return Constant(left.value * right.value, module, node)

        if isinstance(left.value, str | bytes) and isinstance(right.value, int):
            if 0 <= right.value * len(left.value) <= LIMIT:
                return Constant(left.value * right.value, module, node)

        return None

    def _call(self, module: Module, node: ast.Call, depth: int) -> Value | None:
        name = self._names.name_of(module, node.func)

        if name in _GETENV or (name or "").endswith("os.environ.get"):
            return self._environment(module, node, depth)

        if isinstance(node.func, ast.Attribute):
            base = self.value(module, node.func.value, depth + 1)

            if node.func.attr == "format" and _textual(base):
                rest = [*node.args, *(k.value for k in node.keywords)]
                pieces = [base, *(self._piece(module, v, depth) for v in rest)]
                return _built(
                    "format", t.cast("list[Value | ast.expr]", pieces), module, node
                )

            if node.func.attr == "join" and _textual(base) and len(node.args) == 1:
                return self._joined(module, node, base, depth)

            if node.func.attr in {"encode", "strip", "lower", "upper"} and isinstance(
                base, Constant
            ):
                return base

        # int("5"), str(...), bool(...): the same value for our purposes.
        casts = {"builtins.str", "builtins.bytes", "builtins.int", "builtins.bool"}

        if name in casts and node.args and not node.keywords:
            inner = self.value(module, node.args[0], depth + 1)
            return inner if isinstance(inner, Constant | Environment) else None

        return None

    def _joined(
        self, module: Module, node: ast.Call, base: Value | None, depth: int
    ) -> Value | None:
        items = self.value(module, node.args[0], depth + 1)

        if isinstance(items, Constant) and isinstance(base, Constant):
            if all(isinstance(i, str) for i in items.value or ()):
                return Constant(str(base.value).join(items.value), module, node)

        rest = node.args[0]
        elements = rest.elts if isinstance(rest, ast.List | ast.Tuple) else [rest]
        pieces = [self._piece(module, e, depth) for e in elements]
        return _built("join", pieces, module, node)

    def _environment(self, module: Module, node: ast.Call, depth: int) -> Value | None:
        variable = self.constant(module, node.args[0]) if node.args else None
        given = node.args[1:2] or [k.value for k in node.keywords if k.arg == "default"]
        default = (
            self.value(module, given[0], depth + 1)
            if given
            else Constant(None, module, node)
        )
        text = str(variable.value) if variable else ""
        return Environment(text, default, module, node)

    def _either(self, module: Module, node: ast.BoolOp, depth: int) -> Value | None:
        """Return the value of ``os.environ.get("X") or "default"``."""
        first = self.value(module, node.values[0], depth + 1)

        if isinstance(first, Environment):
            last = self.value(module, node.values[-1], depth + 1)
            return dataclasses.replace(first, default=last)

        if isinstance(first, Constant) and first.value:
            return first

        # ``unknown or "constant"`` behaves as a default does.
        last = self.value(module, node.values[-1], depth + 1)
        return Environment("", last, module, node) if last else None

    def _item(self, module: Module, node: ast.Subscript, depth: int) -> Value | None:
        name = self._names.name_of(module, node.value)

        if name == "os.environ":
            variable = self.constant(module, node.slice)
            text = str(variable.value) if variable else ""
            return Environment(text, None, module, node)

        return None

    def _unary(self, module: Module, node: ast.UnaryOp, depth: int) -> Value | None:
        inner = self.value(module, node.operand, depth + 1)

        if not isinstance(inner, Constant):
            return None

        if isinstance(node.op, ast.Not):
            return Constant(not inner.value, module, node)

        if isinstance(node.op, ast.USub) and isinstance(inner.value, int | float):
            return Constant(-inner.value, module, node)

        return None

    def _container(
        self,
        module: Module,
        node: ast.Tuple | ast.List | ast.Set | ast.Dict,
        depth: int,
    ) -> Value | None:
        if isinstance(node, ast.Dict):
            pairs = {}

            for key, item in zip(node.keys, node.values, strict=True):
                k = self.value(module, key, depth + 1)
                v = self.value(module, item, depth + 1)

                if not isinstance(k, Constant) or not isinstance(v, Constant):
                    return None

                if isinstance(k.value, str | int | bool | bytes | None):
                    pairs[k.value] = v.value

            return Constant(pairs, module, node)

        values = [self.value(module, e, depth + 1) for e in node.elts]

        if all(isinstance(v, Constant) for v in values):
            return Constant([t.cast(Constant, v).value for v in values], module, node)

        return None


def _textual(value: Value | None) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, str)

    return isinstance(value, Built)


def _built(
    how: str, pieces: list[Value | ast.expr], module: Module, node: ast.AST
) -> Value | None:
    """Return the constant or the built text that ``pieces`` make."""
    parts: list[str | ast.expr] = []

    for piece in pieces:
        if isinstance(piece, Constant):
            parts.append(str(piece.value))
        elif isinstance(piece, Built):
            parts.extend(piece.parts)
        elif isinstance(piece, ast.expr):
            parts.append(piece)

    if all(isinstance(p, str) for p in parts):
        text = "".join(t.cast("list[str]", parts))
        return Constant(text, module, node) if len(text) <= LIMIT else None

    return Built(how, tuple(parts), module, node)
