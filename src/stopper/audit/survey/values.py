"""What value an expression has, as far as the source alone says."""

from __future__ import annotations

import ast
import dataclasses

from .module import Module
from .names import Names
from .reach import MOST
from .scope import Binding
from .scope import Binds
from .value import Built as Built
from .value import built
from .value import Constant as Constant
from .value import constant
from .value import either
from .value import Environment as Environment
from .value import ITEMS
from .value import joined
from .value import Piece
from .value import PIECES
from .value import repeated
from .value import small
from .value import textual
from .value import Value as Value

#: How many values may be made of one another before we give up.
DEPTH = 60

#: How often one question may run too deep before we give up.
CUTS = 24


_GETENV = {"os.getenv", "os.environ.get", "environ.get"}


class Values:
    """Finds the value of expressions, through names, modules and classes."""

    def __init__(self, names: Names) -> None:
        self._names = names
        # As with names: what met no bound, with how deep it went, and the rest.
        self._memo: dict[ast.AST, tuple[Value | None, int]] = {}
        self._asked: dict[ast.AST, Value | None] = {}
        self._open: set[ast.AST] = set()
        self._cuts = 0
        self._deepest = 0

    def value(self, module: Module, node: ast.AST | None) -> Value | None:
        """Return the value of ``node``, ``None`` where the source alone cannot say."""
        if node is None:
            return None

        known = self._memo.get(node)

        if known is not None:
            return known[0]

        if node not in self._asked:
            self._cuts = 0
            value = self._value(module, node, 0)

            if not self._cuts:
                return value

            self._asked[node] = value if self._cuts <= CUTS else None

        return self._asked[node]

    def _value(self, module: Module, node: ast.AST | None, depth: int) -> Value | None:
        if node is None:
            return None

        known = self._memo.get(node)

        if known is not None and depth + known[1] <= DEPTH:
            self._deepest = max(self._deepest, depth + known[1])
            return known[0]

        if depth > DEPTH or node in self._open or self._cuts > CUTS:
            self._cuts += 1
            return None

        cuts, deepest = self._cuts, self._deepest
        self._deepest = depth
        self._open.add(node)
        value = self._found(module, node, depth)
        self._open.discard(node)

        if self._cuts == cuts:
            self._memo[node] = (value, self._deepest - depth)

        self._deepest = max(deepest, self._deepest)
        return value

    def _found(self, module: Module, node: ast.AST, depth: int) -> Value | None:
        if isinstance(node, ast.Constant):
            return constant(node.value, module, node)

        if isinstance(node, ast.Name):
            return self._name(module, node, depth)

        if isinstance(node, ast.Attribute):
            return self._attribute(module, node, depth)

        if isinstance(node, ast.JoinedStr):
            if len(node.values) > PIECES:
                return None

            parts = [self._piece(module, v, depth) for v in node.values]
            return built("f-string", parts, module, node)

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

        if isinstance(node, ast.AugAssign):
            return self._changed(module, node, depth)

        if isinstance(node, ast.IfExp):
            first = self._value(module, node.body, depth + 1)
            second = self._value(module, node.orelse, depth + 1)
            return either([first, second]) if first and second else None

        if isinstance(node, ast.NamedExpr):
            return self._value(module, node.value, depth + 1)

        if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
            return self._container(module, node, depth)

        return None

    def constant(self, module: Module, node: ast.AST | None) -> Constant | None:
        """Return the constant that ``node`` is, ``None`` if it is none."""
        value = self.value(module, node)
        return value if isinstance(value, Constant) else None

    def _name(self, module: Module, node: ast.Name, depth: int) -> Value | None:
        """Return the value of a name: all that may bind it here have a say."""
        reaching = self._names.reaching(module, node)
        found: list[Value] = []

        if len(reaching) > MOST:
            return None

        for home, binding in reaching:
            # In a loop a name is made of itself: what it began with decides.
            if binding.node in self._open:
                self._cuts += 1
                continue

            if binding.node is None and binding.how is Binds.ASSIGNMENT:
                continue

            value = self._bound(home, binding, depth + 1)

            if value is None:
                return None

            found.append(value)

        return either(found)

    def _bound(self, module: Module, binding: Binding, depth: int) -> Value | None:
        if binding.how is Binds.ASSIGNMENT:
            return self._value(module, binding.node, depth)

        if binding.how is Binds.CHANGE:
            return self._value(module, binding.node, depth)

        return None

    def _changed(self, module: Module, node: ast.AugAssign, depth: int) -> Value | None:
        """Return the value of a name after ``name += x``."""
        if not isinstance(node.op, ast.Add) or not isinstance(node.target, ast.Name):
            return None

        left = self._name(module, node.target, depth + 1)
        right = self._value(module, node.value, depth + 1)
        return self._sum(module, node, (left, node.target), (right, node.value))

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

        return self._value(found[0], found[1].node, depth + 1)

    def _piece(self, module: Module, node: ast.expr, depth: int) -> Piece:
        inside = node.value if isinstance(node, ast.FormattedValue) else node
        inner = self._value(module, inside, depth + 1)
        return inner if isinstance(inner, Constant | Built) else inside

    def _operation(self, module: Module, node: ast.BinOp, depth: int) -> Value | None:
        left = self._value(module, node.left, depth + 1)

        if isinstance(node.op, ast.Add):
            right = self._value(module, node.right, depth + 1)
            return self._sum(module, node, (left, node.left), (right, node.right))

        if isinstance(node.op, ast.Mod) and textual(left):
            values = (
                node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            )
            return self._filled("%", module, node, left, values, depth)

        if isinstance(node.op, ast.Mult):
            right = self._value(module, node.right, depth + 1)

            if isinstance(left, Constant) and isinstance(right, Constant):
                return repeated(left, right, module, node)

        return None

    def _sum(
        self,
        module: Module,
        node: ast.AST,
        left: tuple[Value | None, ast.expr],
        right: tuple[Value | None, ast.expr],
    ) -> Value | None:
        if not textual(left[0]) and not textual(right[0]):
            return None

        pieces: list[Piece] = [
            value if isinstance(value, Constant | Built) else written
            for value, written in (left, right)
        ]
        return built("+", pieces, module, node)

    def _filled(
        self,
        how: str,
        module: Module,
        node: ast.expr,
        base: Value | None,
        values: list[ast.expr],
        depth: int,
    ) -> Value | None:
        """Return a pattern with what is put into it, one after the other."""
        if not isinstance(base, Constant | Built) or len(values) > PIECES:
            return None

        rest = (self._piece(module, v, depth) for v in values)
        return built(how, [base, *rest], module, node)

    def _call(self, module: Module, node: ast.Call, depth: int) -> Value | None:
        name = self._names.name_of(module, node.func)

        if name in _GETENV or (name or "").endswith("os.environ.get"):
            return self._environment(module, node, depth)

        if isinstance(node.func, ast.Attribute):
            base = self._value(module, node.func.value, depth + 1)

            if node.func.attr == "format" and textual(base):
                rest = [*node.args, *(k.value for k in node.keywords)]
                return self._filled("format", module, node, base, rest, depth)

            if node.func.attr == "join" and textual(base) and len(node.args) == 1:
                return self._joined(module, node, base, depth)

            if node.func.attr in {"encode", "strip", "lower", "upper"} and isinstance(
                base, Constant
            ):
                return base

        # int("5"), str(...), bool(...): the same value for our purposes.
        casts = {"builtins.str", "builtins.bytes", "builtins.int", "builtins.bool"}

        if name in casts and node.args and not node.keywords:
            inner = self._value(module, node.args[0], depth + 1)
            return inner if isinstance(inner, Constant | Environment) else None

        return None

    def _joined(
        self, module: Module, node: ast.Call, base: Value | None, depth: int
    ) -> Value | None:
        items = self._value(module, node.args[0], depth + 1)

        if isinstance(items, Constant) and isinstance(base, Constant):
            return joined(base, items, module, node)

        rest = node.args[0]
        elements = rest.elts if isinstance(rest, ast.List | ast.Tuple) else [rest]

        if len(elements) > PIECES:
            return None

        pieces = [self._piece(module, e, depth) for e in elements]
        return built("join", pieces, module, node)

    def _environment(self, module: Module, node: ast.Call, depth: int) -> Value | None:
        variable = self._value(module, node.args[0], depth + 1) if node.args else None
        given = node.args[1:2] or [k.value for k in node.keywords if k.arg == "default"]
        default = (
            self._value(module, given[0], depth + 1)
            if given
            else Constant(None, module, node)
        )
        text = str(variable.value) if isinstance(variable, Constant) else ""
        return Environment(text, default, module, node)

    def _either(self, module: Module, node: ast.BoolOp, depth: int) -> Value | None:
        """Return the value of ``os.environ.get("X") or "default"``."""
        first = self._value(module, node.values[0], depth + 1)

        if isinstance(first, Environment):
            last = self._value(module, node.values[-1], depth + 1)
            return dataclasses.replace(first, default=last)

        if isinstance(first, Constant) and first.value:
            return first

        # ``unknown or "constant"`` behaves as a default does.
        last = self._value(module, node.values[-1], depth + 1)
        return Environment("", last, module, node) if last else None

    def _item(self, module: Module, node: ast.Subscript, depth: int) -> Value | None:
        name = self._names.name_of(module, node.value)

        if name == "os.environ":
            variable = self._value(module, node.slice, depth + 1)
            text = str(variable.value) if isinstance(variable, Constant) else ""
            return Environment(text, None, module, node)

        return None

    def _unary(self, module: Module, node: ast.UnaryOp, depth: int) -> Value | None:
        inner = self._value(module, node.operand, depth + 1)

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
        items = node.values if isinstance(node, ast.Dict) else node.elts
        values: list[object] = []

        if len(items) > ITEMS:
            return None

        for item in items:
            value = self._value(module, item, depth + 1)

            if not isinstance(value, Constant):
                return None

            values.append(value.value)

        if not small(values):
            return None

        if not isinstance(node, ast.Dict):
            return Constant(values, module, node)

        pairs = {}

        for key, item_ in zip(node.keys, values, strict=True):
            k = self._value(module, key, depth + 1)

            if not isinstance(k, Constant):
                return None

            if isinstance(k.value, str | int | bool | bytes | None):
                pairs[k.value] = item_

        return Constant(pairs, module, node)
